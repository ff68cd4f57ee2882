/** `operator.js mail test|invite you@example.com`: has an api (API_PRIVATE_URL) send a mail. */
import { readConfig } from '@rookery/service-kit/config';
import { z } from 'zod';
import { ApiClient, ApiRefusal } from '../agent/api-client.js';

export const MAIL_USAGE = 'npm run operator -- mail test|invite you@example.com';
const configSchema = z.object({ API_PRIVATE_URL: z.string().min(1) });

/** Resolves to the exit code. */
export async function mailCommand(mail: string, to: string): Promise<number> {
  const { API_PRIVATE_URL } = readConfig(configSchema, process.env);
  try {
    await new ApiClient([API_PRIVATE_URL]).post('/internal/mails', { mail, to });
    console.log(`The mail to ${to} is on its way.`);
    return 0;
  } catch (error) {
    if (!(error instanceof ApiRefusal)) throw error;
    console.error(error.detail);
    return 1;
  }
}
