/** A flag or a policy file that cannot be used: printed in plain words, exit code 78. */
export class UsageError extends Error {
  readonly exitCode = 78;

  constructor(message: string) {
    super(message);
    this.name = 'UsageError';
  }
}
