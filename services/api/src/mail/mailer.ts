/** Sends one mail: by SMTP or by Amazon SES. Libraries are loaded at the first mail. */
import type { Transporter } from 'nodemailer';
import { z } from 'zod';

export interface Mail {
  to: string;
  subject: string;
  text: string;
}

export interface Mailer {
  /** Resolves when the next server has taken it. Throws with the reason. */
  send(mail: Mail): Promise<void>;
}

/** `smtp://user:password@host:587`, `smtps://…:465`, or `ses:<region>`. */
export const mailSchema = z
  .string()
  .refine(
    (text) => /^ses:[a-z]{2}(-[a-z]+)+-\d$/.test(text) || (/^smtps?:\/\/[^/]/.test(text) && URL.canParse(text)),
    'must be smtp://user:password@host:port, smtps://…, or ses: and a region, such as ses:eu-central-1',
  );

/** A server that takes longer is asked again later. */
const ANSWER_MS_MAX = 20_000;

export function openMailer(target: string, from: string): Mailer {
  let transport: Promise<Transporter> | undefined;
  return {
    send: async (mail) => {
      transport ??= target.startsWith('ses:') ? bySes(target.slice('ses:'.length)) : bySmtp(target);
      await (await transport).sendMail({ ...mail, from });
    },
  };
}

async function bySmtp(url: string): Promise<Transporter> {
  const { createTransport } = await import('nodemailer');
  return createTransport({ url, connectionTimeout: ANSWER_MS_MAX, socketTimeout: ANSWER_MS_MAX });
}

async function bySes(region: string): Promise<Transporter> {
  const [{ createTransport }, { SESv2Client, SendEmailCommand }] = await Promise.all([
    import('nodemailer'),
    import('@aws-sdk/client-sesv2'),
  ]);
  return createTransport({ SES: { sesClient: new SESv2Client({ region }), SendEmailCommand } });
}
