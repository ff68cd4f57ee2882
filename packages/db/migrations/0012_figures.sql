-- The worker publishes how many deployments are in which phase.
GRANT SELECT ON deployment_states TO rookery_provisioner;
