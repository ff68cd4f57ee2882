/**
 * Every error code a user can meet, once, with the words that explain it. `docs/reference/error-codes.md` is made from
 * this list. GraphQL puts the code in `userErrors` or `extensions.code`, HTTP in problem+json, Terraform in a diagnostic.
 */
export interface ErrorWords {
  /** What happened. */
  title: string;
  /** What to do about it. */
  remedy: string;
  /** Status over HTTP. */
  status: number;
}

export const ERROR_CODES = {
  BAD_REQUEST: { title: 'The request cannot be understood', remedy: 'Correct what the message names and send it again.', status: 400 },
  INVALID_INPUT: { title: 'A value is not acceptable', remedy: 'Correct the field that `path` names.', status: 422 },
  UNAUTHENTICATED: { title: 'Nobody is logged in', remedy: 'Log in again, or send a valid API key.', status: 401 },
  INVALID_LOGIN: { title: 'E-mail or password is wrong', remedy: 'Check both and try again.', status: 401 },
  FORBIDDEN: { title: 'You may not do this', remedy: 'Ask an owner of the organization for access.', status: 403 },
  SIGN_UP_CLOSED: { title: 'Sign-up is closed on this installation', remedy: 'Ask its operator for an invitation.', status: 403 },
  HOST_NOT_ALLOWED: { title: 'The host name is not served here', remedy: 'Use the address that `PUBLIC_URL` names.', status: 421 },
  ORIGIN_NOT_ALLOWED: { title: 'The request came from another site', remedy: 'Use the console itself, or an API key.', status: 403 },
  NOT_FOUND: { title: 'There is no such thing', remedy: 'Check the id; it may have been deleted.', status: 404 },
  EMAIL_TAKEN: { title: 'This e-mail has an account already', remedy: 'Log in instead.', status: 409 },
  NAME_TAKEN: { title: 'The name is in use', remedy: 'Choose another name.', status: 409 },
  USERNAME_TAKEN: {
    title: 'The username exists in this deployment',
    remedy: 'Choose another username, or delete the old credential.',
    status: 409,
  },
  VERSION_CONFLICT: { title: 'Somebody else changed it first', remedy: 'Load the newest state and try again.', status: 409 },
  IDEMPOTENCY_MISMATCH: {
    title: 'The idempotency key was used for another request',
    remedy: 'Use a new key for a new request.',
    status: 409,
  },
  OPERATION_IN_PROGRESS: { title: 'Another operation is running', remedy: 'Wait for it to end, then try again.', status: 409 },
  DELETION_PROTECTED: { title: 'Deletion protection is on', remedy: 'Turn it off first.', status: 409 },
  PHASE_CONFLICT: {
    title: 'The deployment is not in a state that allows this',
    remedy: 'Look at its phase; start or stop it first.',
    status: 409,
  },
  UNKNOWN_PLAN: { title: 'There is no such plan', remedy: 'Choose one that `plans` lists.', status: 422 },
  UNKNOWN_REGION: { title: 'There is no such region', remedy: 'Choose one that `regions` lists.', status: 422 },
  QUOTA_EXCEEDED: { title: 'A limit of the plan is reached', remedy: 'Delete something, or choose a larger plan.', status: 409 },
  PLAN_TOO_SMALL: {
    title: 'What exists does not fit the plan',
    remedy: 'Remove what `details.over` names, or choose a larger plan.',
    status: 409,
  },
  PLAN_CHANGE_NEEDS_MOVE: {
    title: 'This change needs a move to other machines',
    remedy: 'Create a new deployment and move your clients.',
    status: 409,
  },
  RATE_LIMITED: { title: 'Too many requests', remedy: 'Wait as long as `retryAfterSeconds` says.', status: 429 },
  PAYLOAD_TOO_LARGE: { title: 'The request is too large', remedy: 'Send less at once.', status: 413 },
  QUERY_TOO_COMPLEX: { title: 'The query asks for too much at once', remedy: 'Ask for fewer fields or smaller pages.', status: 400 },
  PORTS_EXHAUSTED: {
    title: 'No port is free for another deployment',
    remedy: 'Widen ROOKERY_MQTT_PORTS, or delete a deployment.',
    status: 503,
  },
  PORT_TAKEN: {
    title: 'A port is used by another program',
    remedy: 'Stop that program, or choose another ROOKERY_MQTT_PORTS range.',
    status: 503,
  },
  NO_CAPACITY: { title: 'No machine can take the deployment', remedy: 'Try again later, or choose another region.', status: 503 },
  RUNTIME_ASLEEP: { title: 'The deployment sleeps', remedy: 'It wakes with its first client.', status: 409 },
  RUNTIME_UNREACHABLE: { title: 'The deployment does not answer', remedy: 'Try again; if it lasts, look at its operations.', status: 503 },
  RUNTIME_TIMEOUT: { title: 'The deployment did not answer in time', remedy: 'Try again.', status: 504 },
  RUNTIME_START_FAILED: { title: 'The broker did not start', remedy: 'Look at the log of the operation; try again.', status: 500 },
  STORE_LOCKED: { title: 'Another process holds the data folder', remedy: 'Stop the other process first.', status: 409 },
  STORE_CORRUPT: {
    title: 'The data on disk is damaged',
    remedy: 'Restore a backup, or follow the runbook for a damaged store.',
    status: 500,
  },
  STORE_FULL: {
    title: 'The store has reached its limit',
    remedy: 'Remove retained messages or sessions, or choose a larger plan.',
    status: 507,
  },
  STORE_UNSUPPORTED: { title: 'The chosen store cannot do this', remedy: 'Use the file store.', status: 501 },
  ISOLATION_INSUFFICIENT: {
    title: 'This machine cannot wall tenants off from each other',
    remedy: 'Install bubblewrap, or accept the risk with ROOKERY_ACCEPT_NO_ISOLATION=1.',
    status: 503,
  },
  TERRAFORM_FAILED: {
    title: 'Terraform could not make it so',
    remedy: 'It is tried again by itself; the message says what stands in the way.',
    status: 502,
  },
  MACHINE_LOST: {
    title: 'The machine has stopped reporting',
    remedy: 'Look at the machine; its runtimes go on by themselves.',
    status: 503,
  },
  JOIN_TOKEN_REFUSED: {
    title: 'The join token is unknown, used, revoked or too old',
    remedy: 'Make a new one: Installation, Add machine, or `npm run operator -- machine token`.',
    status: 401,
  },
  CERTIFICATE_REQUEST_REFUSED: {
    title: 'The certificate request is not acceptable',
    remedy: 'Send a PKCS#10 request in PEM, signed by its own key: P-256, Ed25519, or RSA of 2048 to 4096 bits.',
    status: 422,
  },
  MACHINE_CERTIFICATE_REFUSED: {
    title: "The machine's certificate is not accepted",
    remedy: 'Make a join token for this machine (`npm run operator -- machine token --machine mch_…`) and give it to its agent.',
    status: 401,
  },
  MACHINE_REVOKED: {
    title: 'The machine was revoked',
    remedy: 'If it may come back, make a join token for it and give it to its agent.',
    status: 403,
  },
  MACHINE_IN_USE: {
    title: 'Deployments are placed on the machine',
    remedy: 'Delete or move them first; a machine that is revoked takes no new ones.',
    status: 409,
  },
  EXPORTS_OFF: {
    title: 'Nothing can be exported from this installation',
    remedy: 'Ask its operator to set ROOKERY_EXPORTS, the place where exports are kept.',
    status: 409,
  },
  EXPORT_RANGE_EMPTY: {
    title: 'The range of the export is empty',
    remedy: 'Choose a beginning that is before the end, and not in the future.',
    status: 422,
  },
  EXPORT_RANGE_TOO_LONG: {
    title: 'The range of the export is too long',
    remedy: 'Choose at most as many days as `details.daysMax` says; several exports make a longer range.',
    status: 422,
  },
  EXPORTS_BUSY: {
    title: 'Too many exports are being made at once',
    remedy: 'Wait until one of them is ready, then try again.',
    status: 409,
  },
  EXPORT_NOT_READY: { title: 'The export is not ready', remedy: 'Wait until its state is READY.', status: 409 },
  EXPORT_EXPIRED: { title: 'The file of the export was removed', remedy: 'Make a new export of the same range.', status: 410 },
  EXPORT_TOO_LARGE: { title: 'The export would be too large', remedy: 'Choose a shorter range.', status: 413 },
  EXPORT_FAILED: { title: 'The export could not be made', remedy: 'Try again; if it lasts, tell the operator its id.', status: 500 },
  CANCELLED: { title: 'It was cancelled', remedy: 'Start it again if it is still wanted.', status: 409 },
  INTERNAL: { title: 'Something went wrong on our side', remedy: 'Try again; give the request id to the operator.', status: 500 },
  UNAVAILABLE: { title: 'The service is not ready', remedy: 'Try again in a moment.', status: 503 },
} as const satisfies Record<string, ErrorWords>;

export type ErrorCode = keyof typeof ERROR_CODES;
