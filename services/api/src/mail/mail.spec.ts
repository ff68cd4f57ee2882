import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { CreateEmailIdentityCommand, SESv2Client } from '@aws-sdk/client-sesv2';
import { motoForTests } from '@rookery/service-kit/test-support/moto';
import { SMTPServer } from 'smtp-server';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { postJson } from '../test-support/private-calls.js';
import { startTestApi, type TestApi } from '../test-support/test-api.js';
import { mailSchema, openMailer } from './mailer.js';

const moto = await motoForTests();
const FROM = 'Rookery <rookery@example.com>';

/** A mail server that keeps what it takes, and refuses the first `refusals`. */
async function startSmtp(refusals = 0) {
  const mails: { to: string[]; text: string }[] = [];
  let left = refusals;
  const server = new SMTPServer({
    authOptional: true,
    disabledCommands: ['STARTTLS'],
    onData: (stream, session, done) => {
      let text = '';
      stream.on('data', (chunk: Buffer) => (text += chunk.toString()));
      stream.on('end', () => {
        if (left-- > 0) return done(Object.assign(new Error('come back later'), { responseCode: 451 }));
        // Quoted-printable breaks lines.
        mails.push({
          to: session.envelope.rcptTo.map(({ address }) => address),
          text: text.replaceAll('=\r\n', '').replaceAll('=3D', '='),
        });
        done();
      });
    },
  });
  server.listen(0, '127.0.0.1');
  await once(server.server, 'listening');
  const { port } = server.server.address() as AddressInfo;
  return {
    url: `smtp://127.0.0.1:${port}`,
    mails,
    refused: () => refusals - Math.max(left, 0),
    close: () => new Promise<void>((done) => server.close(done)),
  };
}

async function until(what: () => boolean): Promise<void> {
  for (const started = Date.now(); !what(); await sleep(50)) if (Date.now() - started > 25_000) throw new Error('it did not come about');
}

describe('mail', () => {
  let smtp: Awaited<ReturnType<typeof startSmtp>>;
  let api: TestApi;
  beforeAll(async () => {
    smtp = await startSmtp(1);
    api = await startTestApi({
      ROOKERY_MAIL: smtp.url,
      ROOKERY_MAIL_FROM: FROM,
      PUBLIC_URL: 'https://rookery.example.com',
      ROOKERY_SIGN_UP: 'closed',
    });
  });
  const rowsOfJobs = async () => {
    const tables = await api.sql<{ name: string }>(`SELECT table_name AS name FROM information_schema.tables WHERE table_schema = 'jobs'`);
    return Promise.all(tables.map(({ name }) => api.sql(`SELECT to_jsonb(t) AS row FROM jobs."${name}" t`)));
  };
  afterAll(async () => {
    await api.close();
    await smtp.close();
  });

  it('is tried again when the server did not take it, and invites an operator by a link that works once', { timeout: 40_000 }, async () => {
    expect((await postJson(api.privateSocket, '/internal/mails', { mail: 'invite', to: 'ada@example.com' })).status).toBe(202);
    await until(() => smtp.refused() === 1);
    // The job waits for its next try, and holds no secret.
    const jobs = JSON.stringify(await rowsOfJobs());
    expect(jobs).toContain('ada@example.com');
    expect(jobs).not.toContain('setup=');
    await until(() => smtp.mails.length === 1);
    const [{ to, text }] = smtp.mails as [{ to: string[]; text: string }];
    expect(to).toEqual(['ada@example.com']);
    expect(text).toContain(`From: ${FROM}`);
    const setup = /sign-up\?setup=([\w-]+)/.exec(text)![1]!;
    const signUp = (email: string) =>
      fetch(`${api.url}/auth/sign-up`, {
        method: 'POST',
        headers: { 'content-type': 'application/json', host: 'rookery.example.com' },
        body: JSON.stringify({ email, password: 'correct horse battery', setup }),
      });
    expect((await signUp('ada@example.com')).status).toBe(201);
    expect((await signUp('eve@example.com')).status).toBe(403);
  });

  it.each([{ mail: 'test', to: 'nobody' }, { mail: 'advert', to: 'ada@example.com' }, {}])(
    'that is not understood is refused: %o',
    async (job) => {
      expect((await postJson(api.privateSocket, '/internal/mails', job)).status).toBe(422);
    },
  );

  it('that was never set up is said', async () => {
    const without = await api.another({ ROOKERY_MAIL: undefined as unknown as string, PUBLIC_URL: 'http://localhost' });
    const answer = await postJson(without.privateSocket, '/internal/mails', { mail: 'test', to: 'ada@example.com' });
    expect(answer).toMatchObject({ status: 503, body: { detail: expect.stringContaining('set ROOKERY_MAIL') } });
  });
});

describe.skipIf(moto === null)('mail by Amazon SES', () => {
  afterAll(() => moto!.stop());

  it('is taken from a sender that SES knows, and refused from any other with the reason', async () => {
    const mailer = openMailer('ses:eu-central-1', FROM);
    const mail = { to: 'ada@example.com', subject: 'Hello', text: 'from Rookery' };
    await expect(mailer.send(mail)).rejects.toThrow(/authority|not verified|MessageRejected/);
    await new SESv2Client().send(new CreateEmailIdentityCommand({ EmailIdentity: 'rookery@example.com' }));
    const before = await sentBySes();
    await mailer.send(mail);
    // Moto counts the raw message and its recipient.
    expect(await sentBySes()).toBeGreaterThan(before);
  });
});

/** Moto counts what it took; by the older API only. */
async function sentBySes(): Promise<number> {
  const answer = await fetch(moto!.url, {
    method: 'POST',
    headers: {
      authorization: 'AWS4-HMAC-SHA256 Credential=test/20260101/eu-central-1/ses/aws4_request, SignedHeaders=host, Signature=none',
      'content-type': 'application/x-www-form-urlencoded',
    },
    body: 'Action=GetSendQuota&Version=2010-12-01',
  });
  return Number(/<SentLast24Hours>([\d.]+)</.exec(await answer.text())![1]);
}

it.each(['smtp:', 'ses:', 'ses:Frankfurt', 'mail.example.com'])('ROOKERY_MAIL=%s is refused', (text) => {
  expect(mailSchema.safeParse(text).error!.issues[0]!.message).toContain('must be smtp://');
});
