/** Sign-up and log-in. A new person gets an organization and a project of her own at once. */
import { createHash, randomBytes } from 'node:crypto';
import { Inject, Injectable } from '@nestjs/common';
import type { Database } from '@rookery/db/pool';
import { sqlState } from '@rookery/db/errors';
import { AppError } from '@rookery/service-kit/errors';
import { newId } from '@rookery/service-kit/ids';
import { z } from 'zod';
import { insertNewApiKey } from '../api-keys/api-keys.service.js';
import { slugFor } from '../deployments/new-deployment.js';
import { nameSchema, parseInput } from '../graphql/input.js';
import { insertOrganization, insertProject } from '../organizations/organizations.repository.js';
import { CONFIG, type Config, DATABASE } from '../tokens.js';
import { Tenancy } from '../viewer/tenancy.js';
import * as repository from './auth.repository.js';
import { hashPassword, passwordMatches } from './passwords.js';
import { RateLimits } from './rate-limits.js';

const password = z.string().min(10, 'must have at least 10 characters').max(1_000, 'must have at most 1000 characters');
const email = z.string().trim().toLowerCase().max(254, 'must have at most 254 characters').pipe(z.email('must be an e-mail address'));

export const logInSchema = z.object({ email: z.string('must be given').trim().toLowerCase(), password: z.string('must be given') });
const signUpSchema = z.object({
  email,
  password,
  name: nameSchema.optional(),
  organizationName: nameSchema.optional(),
  setup: z.string().max(100).optional(),
});
const bootstrapSchema = signUpSchema.pick({ email: true, password: true, name: true });

export interface NewPerson {
  personId: string;
  organizationId: string;
  projectId: string;
}

@Injectable()
export class AuthService {
  constructor(
    @Inject(DATABASE) private readonly db: Database,
    @Inject(CONFIG) private readonly config: Config,
    private readonly tenancy: Tenancy,
    private readonly limits: RateLimits,
  ) {}

  async signUp(given: unknown, address: string): Promise<NewPerson> {
    const input = parseInput(signUpSchema, given, []);
    await this.limits.consume('signUps', address);
    if (this.config.ROOKERY_SIGN_UP !== 'open' && input.setup === undefined) throw new AppError('SIGN_UP_CLOSED');
    return this.makePerson(input);
  }

  /** Resolves to the person's id. Wrong e-mail and wrong password are told apart neither by words nor by time. */
  async logIn(given: unknown, address: string): Promise<string> {
    const input = parseInput(logInSchema, given, []);
    const account = `${createHash('sha256').update(input.email).digest('hex').slice(0, 32)} ${address}`;
    await this.limits.requireRoom('logInFailures', account);
    await this.limits.requireRoom('logInFailuresOfAddress', address);
    const person = await repository.findPersonByEmail(this.db, input.email);
    if (await passwordMatches(input.password, person?.passwordHash ?? null)) return person!.id;
    await this.limits.consume('logInFailures', account);
    await this.limits.consume('logInFailuresOfAddress', address);
    throw new AppError('INVALID_LOGIN');
  }

  /** The launcher's first person, with an API key. NAME_TAKEN when there is anybody. */
  async bootstrap(given: unknown): Promise<NewPerson & { apiKey: string }> {
    const input = parseInput(bootstrapSchema, given, []);
    const person = await this.makePerson({ ...input, onlyFirst: true });
    const key = await this.tenancy.in(person.organizationId, (tx) =>
      insertNewApiKey(tx, person.organizationId, person.personId, 'First log-in'),
    );
    return { ...person, apiKey: key.secret };
  }

  /** A token that lets its bearer sign up as operator, once, within an hour. */
  async makeSetupToken(): Promise<string> {
    const token = randomBytes(24).toString('base64url');
    await repository.insertSetupLink(this.db, hashToken(token));
    return token;
  }

  private async makePerson(input: z.output<typeof signUpSchema> & { onlyFirst?: boolean }): Promise<NewPerson> {
    const passwordHash = await hashPassword(input.password);
    const name = input.name ?? input.email.split('@')[0]!;
    const [personId, organizationId, projectId] = [newId('person'), newId('organization'), newId('project')];
    try {
      await this.tenancy.in(organizationId, async (tx) => {
        const first = await repository.isFirstPerson(tx);
        if (input.onlyFirst && !first) throw new AppError('EMAIL_TAKEN', { message: 'There is a person already.' });
        const invited = input.setup !== undefined && (await repository.takeSetupLink(tx, hashToken(input.setup)));
        if (input.setup !== undefined && !invited)
          throw new AppError('SIGN_UP_CLOSED', { message: 'The link was used already, or is too old.', path: ['setup'] });
        await repository.insertPerson(tx, { id: personId, email: input.email, name, passwordHash, isOperator: first || invited });
        const organizationName = input.organizationName ?? `${name}'s organization`.slice(0, 64);
        await insertOrganization(tx, { id: organizationId, name: organizationName, slug: slugFor(organizationName) }, personId);
        await insertProject(tx, { organizationId, id: projectId, name: 'Default' });
      });
    } catch (error) {
      if (sqlState(error)?.constraint.startsWith('people_email')) throw new AppError('EMAIL_TAKEN', { path: ['email'], cause: error });
      throw error;
    }
    return { personId, organizationId, projectId };
  }
}

function hashToken(token: string): string {
  return createHash('sha256').update(token).digest('hex');
}
