/** A vitest reporter that leaves the figures of a run, and why anything was skipped, in the file `ROOKERY_TEST_SUMMARY`. */
import { writeFileSync } from 'node:fs';
import type { Reporter, SerializedError, TestModule } from 'vitest/node';

export interface TestSummary {
  passed: number;
  failed: number;
  skipped: number;
  /** Reason to number of tests. */
  skips: Record<string, number>;
  /** What failed: file, test, first line of the error. */
  failures: string[];
}

const failure = (where: string, error?: SerializedError): string => `${where}: ${(error?.message ?? 'no test ran').split('\n', 1)[0]}`;

export default class SummaryReporter implements Reporter {
  onTestRunEnd(modules: readonly TestModule[], errors: readonly SerializedError[]): void {
    const summary: TestSummary = {
      passed: 0,
      failed: errors.length,
      skipped: 0,
      skips: {},
      failures: errors.map((error) => failure('outside of tests', error)),
    };
    for (const module of modules) {
      let tests = 0;
      for (const test of module.children.allTests()) {
        tests++;
        const result = test.result();
        if (result.state === 'passed') summary.passed++;
        else if (result.state === 'skipped') {
          summary.skipped++;
          const reason = result.note ?? 'no reason given';
          summary.skips[reason] = (summary.skips[reason] ?? 0) + 1;
        } else {
          summary.failed++;
          summary.failures.push(failure(`${module.relativeModuleId} > ${test.fullName}`, result.errors?.[0]));
        }
      }
      // A file that could not be loaded, or whose set-up failed, has run no test and is a failure all the same.
      if (module.state() === 'failed' && (tests === 0 || module.errors().length > 0)) {
        summary.failed++;
        summary.failures.push(failure(module.relativeModuleId, module.errors()[0]));
      }
    }
    const file = process.env.ROOKERY_TEST_SUMMARY;
    if (file !== undefined) writeFileSync(file, JSON.stringify(summary));
  }
}
