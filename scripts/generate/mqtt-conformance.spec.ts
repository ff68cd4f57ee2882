import { describe, expect, it } from 'vitest';
import { citations, faults, readStatements } from './mqtt-conformance.ts';

/** As many statements as the versions have, the first ones as given. */
function list(first5: string, first311: string): string {
  const rest = (count: number) => Array.from({ length: count - 1 }, (_, i) => `9.9.${i}-1 | client | x`).join('\n');
  return `# MQTT 5.0\n${first5}\n${rest(251)}\n# MQTT 3.1.1\n${first311}\n${rest(141)}\n`;
}
const OK5 = '3.1.0-1 | both | CONNECT is first';
const OK311 = '3.1.0-1 | both | CONNECT is first';
const spec = (...ids: string[]): [string, string] => ['a.spec.ts', ids.map((id) => `it('does it [${id}]', test)`).join('\n')];
const check = (text: string, ...files: [string, string][]) => faults(readStatements(text), citations(files));

describe('the conformance page', () => {
  it('is made when every statement of the server is tested', () => {
    expect(check(list(OK5, OK311), spec('MQTT-3.1.0-1', 'MQTT311-3.1.0-1'))).toEqual([]);
  });

  it('is refused for a statement without test or reason', () => {
    expect(check(list(OK5, OK311), spec('MQTT-3.1.0-1'))).toContain('MQTT311-3.1.0-1 has neither a test nor a reason');
  });

  it('is refused for a citation of what does not exist', () => {
    expect(check(list(OK5, OK311), spec('MQTT-3.1.0-1', 'MQTT311-3.1.0-1', 'MQTT-8.1.0-1'))).toEqual([
      'a.spec.ts cites MQTT-8.1.0-1, which does not exist',
    ]);
  });

  it('is refused for a list with a statement missing', () => {
    const short = list(OK5, OK311).replace('9.9.7-1 | client | x\n', '');
    expect(check(short, spec('MQTT-3.1.0-1', 'MQTT311-3.1.0-1'))).toEqual(['MQTT 5.0 has 251 statements; 250 are listed']);
  });

  it('is refused when fewer than nine in ten are tested, whatever the reasons', () => {
    const reasoned = list(`${OK5} | not applicable: none`, OK311);
    expect(check(reasoned, spec('MQTT311-3.1.0-1'))).toEqual(["only 1 of the server's 2 statements are tested"]);
  });

  it('does not take a comment for a test', () => {
    const comment: [string, string] = ['a.spec.ts', '  // obeys [MQTT-3.1.0-1]\n /** [MQTT311-3.1.0-1] */'];
    expect(check(list(OK5, OK311), comment)).toContain('MQTT-3.1.0-1 has neither a test nor a reason');
  });
});
