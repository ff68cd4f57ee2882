import { Inject } from '@nestjs/common';
import { Field, ObjectType, Query, registerEnumType, Resolver } from '@nestjs/graphql';
import { CurrentViewer } from '../graphql/current-viewer.js';
import { CONFIG, type Config } from '../tokens.js';
import { VERSION } from '@rookery/contracts/version';
import type { Viewer } from '../viewer/viewer.js';
import { Plan, Region, toPlan } from './plans.model.js';
import { PlansService } from './plans.service.js';

export enum SignUpMode {
  OPEN = 'OPEN',
  INVITE = 'INVITE',
  CLOSED = 'CLOSED',
}
registerEnumType(SignUpMode, { name: 'SignUpMode' });

@ObjectType({ description: 'What a person must know before she logs in.' })
export class Installation {
  @Field(() => SignUpMode) signUp!: SignUpMode;
  @Field(() => String, { nullable: true }) caUrl!: string | null;
  @Field(() => String, { nullable: true }) domain!: string | null;
  @Field(() => String) version!: string;
}

const SIGN_UP_MODES = { open: SignUpMode.OPEN, invite: SignUpMode.INVITE, closed: SignUpMode.CLOSED } as const;

@Resolver()
export class PlansResolver {
  constructor(
    private readonly service: PlansService,
    @Inject(CONFIG) private readonly config: Config,
  ) {}

  @Query(() => [Plan])
  async plans(@CurrentViewer() _viewer: Viewer): Promise<Plan[]> {
    return (await this.service.offered()).map(toPlan);
  }

  @Query(() => [Region])
  regions(@CurrentViewer() _viewer: Viewer): Promise<Region[]> {
    return this.service.regions();
  }

  @Query(() => Installation)
  installation(): Installation {
    const caUrl = this.config.CA_FILE ? `${this.config.PUBLIC_URL}/ca.pem` : null;
    return { signUp: SIGN_UP_MODES[this.config.ROOKERY_SIGN_UP], caUrl, domain: this.config.ROOKERY_DOMAIN ?? null, version: VERSION };
  }
}
