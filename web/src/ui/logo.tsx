import classes from './logo.module.css';

export function Logo({ folded = false }: { folded?: boolean }) {
  return (
    <span className={classes.logo}>
      <img className={classes.mark} src="/favicon.svg" width={24} height={24} alt={folded ? 'Rookery' : ''} />
      {!folded && 'Rookery'}
    </span>
  );
}
