/**
 * Configuration: one zod object per service, parsed once in its entry file. Every fault is reported at once, and
 * `NAME_FILE` may name a file that holds the value of `NAME` (for secrets); so may a secret of AWS.
 */
import { readFileSync } from 'node:fs';
import type { z } from 'zod';

export type Environment = Readonly<Record<string, string | undefined>>;

export class ConfigError extends Error {
  constructor(readonly faults: readonly string[]) {
    super(
      `The configuration has ${faults.length} fault${faults.length === 1 ? '' : 's'}:\n${faults.map((fault) => `  ${fault}`).join('\n')}`,
    );
    this.name = 'ConfigError';
  }
}

/** Reads the keys of `schema` from `environment`; empty text counts as unset. Throws {@link ConfigError}. */
export function readConfig<S extends z.ZodObject>(schema: S, environment: Environment): z.infer<S> {
  const faults: string[] = [];
  return parseConfig(schema, readValues(schema, environment, faults), faults);
}

/** What is set, by name; faults of files go into `faults`. */
export function readValues(schema: z.ZodObject, environment: Environment, faults: string[]): Record<string, string> {
  const given: Record<string, string> = {};
  for (const name of Object.keys(schema.shape)) {
    const value = readValue(name, environment, faults);
    if (value !== undefined && value !== '') given[name] = value;
  }
  return given;
}

/** Throws {@link ConfigError}. `faults`: those found before. */
export function parseConfig<S extends z.ZodObject>(schema: S, given: Record<string, string>, faults: string[]): z.infer<S> {
  const parsed = schema.safeParse(given);
  // What could not be had is said once, by its own words.
  const said = (name: string) => faults.some((fault) => fault.startsWith(`${name}:`) || fault.startsWith(`${name}_FILE:`));
  if (!parsed.success)
    faults.push(
      ...parsed.error.issues.filter(({ path }) => !said(path.join('.'))).map((issue) => `${issue.path.join('.')}: ${issue.message}`),
    );
  if (faults.length > 0) throw new ConfigError(faults);
  return parsed.data as z.infer<S>;
}

function readValue(name: string, environment: Environment, faults: string[]): string | undefined {
  const direct = environment[name];
  const file = environment[`${name}_FILE`];
  if (direct !== undefined || !file) return direct;
  try {
    return readFileSync(file, 'utf8').trim();
  } catch (error) {
    faults.push(`${name}_FILE: ${(error as Error).message}`);
    return undefined;
  }
}

/** Runs `main` of a service: a configuration fault or a failed start is printed in plain words, exit code 1. */
export function runMain(main: () => Promise<void>): void {
  main().catch((error: unknown) => {
    process.stderr.write(`${error instanceof ConfigError ? error.message : error instanceof Error ? error.stack : String(error)}\n`);
    process.exit(1);
  });
}
