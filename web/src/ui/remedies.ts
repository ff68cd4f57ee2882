/** What a person can do about an error, by its code. The api's message says what happened and why. */
const REMEDIES: Record<string, string> = {
  CANCELLED: 'Start it again if it is still wanted.',
  DELETION_PROTECTED: 'Turn deletion protection off in the settings first.',
  EMAIL_TAKEN: 'Log in instead.',
  EXPORT_RANGE_TOO_LONG: 'Several exports make a longer range.',
  EXPORTS_BUSY: 'Wait until one of them is ready, then try again.',
  EXPORTS_OFF: 'Ask the operator to set ROOKERY_EXPORTS.',
  FORBIDDEN: 'Ask an owner of the organization for access.',
  INTERNAL: 'Try again. If it stays, tell the operator when it happened.',
  INVALID_LOGIN: 'Check both and try again.',
  ISOLATION_INSUFFICIENT: 'Ask the operator: the machine needs bubblewrap.',
  MACHINE_LOST: 'Its brokers go on by themselves; look at the machine.',
  NAME_TAKEN: 'Choose another name.',
  NETWORK: 'Check the connection; we keep trying.',
  NO_CAPACITY: 'Try again later, or choose another region.',
  OPERATION_IN_PROGRESS: 'Wait for it to end, then try again.',
  PHASE_CONFLICT: 'Look at the phase; start or stop it first.',
  PORTS_EXHAUSTED: 'Delete a deployment, or ask the operator to widen the ports.',
  QUOTA_EXCEEDED: 'Delete something, or choose a larger plan.',
  RATE_LIMITED: 'Wait a moment, then try again.',
  RUNTIME_START_FAILED: 'Try again; the steps of the operation say how far it came.',
  RUNTIME_TIMEOUT: 'Try again in a moment.',
  RUNTIME_UNREACHABLE: 'Try again; if it lasts, look at the operations.',
  SIGN_UP_CLOSED: 'Ask the operator for a set-up link.',
  STORE_FULL: 'Remove retained messages or sessions, or choose a larger plan.',
  UNAVAILABLE: 'Try again in a moment.',
  USERNAME_TAKEN: 'Choose another username, or delete the old credential.',
  VERSION_CONFLICT: 'The newest state is loaded now; look at it and try again.',
};

export function remedyFor(code: string): string | undefined {
  return REMEDIES[code];
}
