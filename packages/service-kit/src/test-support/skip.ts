/** Says why tests are left out, and is null; an error where nothing may be left out (ROOKERY_REQUIRE=all). */
export function skip(reason: string): null {
  if (process.env['ROOKERY_REQUIRE'] === 'all') throw new Error(`A test needs what is not there: ${reason}`);
  process.stderr.write(`SKIPPED: ${reason}\n`);
  return null;
}
