import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { connect, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { policyDocumentSchema } from '@rookery/contracts/policy-document';
import { type AdminMessage, adminMessageSchema } from '@rookery/contracts/runtime-protocol';
import { readJsonLines, writeJsonLine } from '@rookery/service-kit/json-lines';
import { afterAll, describe, expect, it } from 'vitest';
import { TestClient } from '../test-support/test-client.js';
import { TestRuntime } from '../test-support/test-runtime.js';

const folder = mkdtempSync(join(tmpdir(), 'rk-'));
afterAll(() => rmSync(folder, { recursive: true }));
const file = (name: string, content: unknown) => {
  writeFileSync(join(folder, name), typeof content === 'string' ? content : JSON.stringify(content));
  return join(folder, name);
};

describe('command line', () => {
  it.each([
    ['no way in', [], 'Give --port PORT'],
    ['an unknown flag', ['--prot', '1'], '--prot'],
    ['a port that is none', ['--port', '99999'], '--port 99999 is no port'],
    ['an unknown durability', ['--port', '0', '--durability', 'sure'], 'Choose one of durable, relaxed, memory'],
    ['durable without a folder', ['--port', '0', '--durability', 'durable'], 'needs --data DIR'],
    ['a policy file that is not there', ['--port', '0', '--policy', '/nowhere.json'], '/nowhere.json'],
    ['a policy that is no JSON', ['--port', '0', '--policy', file('bad.json', '{')], 'bad.json'],
    [
      'a policy with a wrong field',
      ['--port', '0', '--policy', file('wrong.json', { accessRules: [{ effect: 'maybe' }] })],
      'accessRules.0.effect',
    ],
    ['TLS without a certificate', ['--tls-port', '0'], '--cert'],
  ])('%s: exit code 78, with what to do', async (_what, args, words) => {
    const runtime = TestRuntime.spawn(...args);
    expect(await runtime.exited).toBe(78);
    expect(runtime.output).toContain(words);
  });

  it('a policy file with plain passwords lets their owners in, and nobody else', async () => {
    const policy = file('policy.json', {
      revision: 3,
      defaultAccess: 'deny',
      credentials: [{ username: 'anna', password: 'secret' }],
      accessRules: [{ effect: 'allow', action: 'all', topic: 'a/#', subject: 'all' }],
      quotas: { clientsMax: 5 },
      connack: { receiveMaximum: 7 },
    });
    const runtime = TestRuntime.spawn('--port', '0', '--policy', policy);
    while (!runtime.output.includes('listens on')) await new Promise((resolve) => setTimeout(resolve, 5));
    const client = await runtime.open({ username: 'anna', password: Buffer.from('secret') });
    expect(client.connack).toMatchObject({ reasonCode: 0, properties: { receiveMaximum: 7 } });
    expect((await client.subscribe('b')).reasonCodes).toEqual([0x87]);
    expect((await runtime.open({ username: 'anna', password: Buffer.from('other') })).connack.reasonCode).toBe(0x86);
    await runtime.kill();
  });
});

describe('admin socket', () => {
  it('hello, policy, ready, questions, reports, stop', async () => {
    const admin = join(folder, 'a');
    const unix = join(folder, 'm');
    const args = [
      '--unix',
      unix,
      '--admin',
      admin,
      '--await-policy',
      '--deployment',
      'dep_01h455vb4pex5vsknk084sn02q',
      '--incarnation',
      'i1',
    ];
    const runtime = TestRuntime.spawn(...args);
    const socket = await dial(admin);
    const messages: AdminMessage[] = [];
    readJsonLines(socket, {
      lineBytesMax: 1 << 20,
      onFault: (reason) => expect.unreachable(reason),
      onMessage: (line) => messages.push(adminMessageSchema.parse(line)),
    });
    const next = async (type: AdminMessage['type']) => {
      for (;;) {
        const at = messages.findIndex((message) => message.type === type);
        if (at !== -1) return messages.splice(at, 1)[0]!;
        await new Promise((resolve) => setTimeout(resolve, 5));
      }
    };
    writeJsonLine(socket, { type: 'hello', protocol: 1 });
    expect(await next('hello')).toMatchObject({ ready: false, incarnation: 'i1', pid: runtime.process.pid, appliedRevision: 0 });
    await expect(TestClient.dial({ path: unix })).rejects.toThrow();
    writeJsonLine(socket, { type: 'policy', document: policyDocumentSchema.parse({ revision: 4, allowAnonymous: true }) });
    expect(await next('applied')).toEqual({ type: 'applied', revision: 4 });
    await next('ready');
    const client = await TestClient.open({ path: unix }, { clientId: 'seen' });
    await client.subscribe('a/+', { qos: 1 });
    const ask = async (kind: string, given: object) => {
      writeJsonLine(socket, { type: 'question', questionId: kind, kind, arguments: given });
      return (await next('answer')) as Extract<AdminMessage, { type: 'answer' }>;
    };
    expect((await ask('clients.list', {})).answer).toMatchObject({
      ok: true,
      value: { totalCount: 1, items: [{ clientId: 'seen', connected: true, transport: 'unix' }] },
    });
    expect((await ask('clients.get', { clientId: 'seen' })).answer).toMatchObject({
      ok: true,
      value: { subscriptionList: [{ topicFilter: 'a/+', qos: 1 }] },
    });
    expect((await ask('subscriptions.list', { search: 'a/' })).answer).toMatchObject({
      ok: true,
      value: { items: [{ clientId: 'seen' }] },
    });
    expect((await ask('clients.list', { first: 0 })).answer).toMatchObject({ ok: false, code: 'BAD_REQUEST' });
    expect((await ask('clients.disconnect', { clientId: 'seen' })).answer).toEqual({ ok: true, value: { disconnected: true } });
    expect((await client.next('disconnect')).reasonCode).toBe(0x98);
    const { report } = (await next('report')) as Extract<AdminMessage, { type: 'report' }>;
    expect(report).toMatchObject({ incarnation: 'i1', sequence: expect.any(Number), gauges: { clients: expect.any(Number) } });
    writeJsonLine(socket, { type: 'stop' });
    expect(await runtime.exited).toBe(0);
  });
});

async function dial(path: string): Promise<Socket> {
  for (;;) {
    const socket = connect(path);
    const connected = await new Promise<boolean>((resolve) => {
      socket.once('connect', () => resolve(true));
      socket.once('error', () => resolve(false));
    });
    if (connected) return socket;
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
}
