import { Link, useMatches } from '@tanstack/react-router';
import { Fragment } from 'react';
import { paths } from '../../paths';
import classes from './breadcrumb.module.css';
import { usePlace } from './place';

export function Breadcrumb() {
  const place = usePlace();
  const page = useMatches().at(-1)?.staticData.crumb;
  const inProject = page !== 'API keys' && page !== 'Exports' && page !== 'Welcome' && page !== 'Installation';
  const steps: { label: string; to?: string }[] = [];
  if (!inProject && page && page !== 'Installation') steps.push({ label: place.organization?.name ?? '' });
  if (inProject && place.project) {
    steps.push({ label: place.project.name, to: paths.deployments(place.project.id) });
    if (!place.deploymentId) steps.push({ label: 'Deployments', to: paths.deployments(place.project.id) });
  }
  if (place.deploymentId) steps.push({ label: place.deployment?.name ?? '…', to: paths.deployment(place.deploymentId) });
  if (page && !(place.deploymentId && page === 'Overview')) steps.push({ label: page });

  return (
    <nav aria-label="Breadcrumb" className={classes.nav}>
      <ol className={classes.list}>
        {steps.map((step, index) => (
          <Fragment key={step.label}>
            {index > 0 && (
              <li aria-hidden className={classes.slash}>
                /
              </li>
            )}
            <li className={classes.step}>
              {step.to && index < steps.length - 1 ? (
                <Link to={step.to} className={classes.link}>
                  {step.label}
                </Link>
              ) : (
                <span aria-current="page">{step.label}</span>
              )}
            </li>
          </Fragment>
        ))}
      </ol>
    </nav>
  );
}
