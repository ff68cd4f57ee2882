/**
 * The api: the only public door of the control plane, and the only writer of what tenants wish (deployments, policy).
 * It never talks to a machine of its own accord: machines hold a stream here and hear what concerns them. When it dies,
 * devices notice nothing; only changes wait.
 */
import { ApolloDriver, type ApolloDriverConfig } from '@nestjs/apollo';
import { type DynamicModule, Module, type Provider } from '@nestjs/common';
import { GraphQLModule } from '@nestjs/graphql';
import { PassportModule } from '@nestjs/passport';
import type { Plan } from '@rookery/contracts/plans';
import type { Database } from '@rookery/db/pool';
import type { ReconcileQueue } from '@rookery/db/queue';
import { ApiKeysResolver } from './api-keys/api-keys.resolver.js';
import { ApiKeysService } from './api-keys/api-keys.service.js';
import { AuthController } from './auth/auth.controller.js';
import { AuthService } from './auth/auth.service.js';
import { LocalStrategy } from './auth/local.strategy.js';
import { RateLimits } from './auth/rate-limits.js';
import { CellsResolver } from './cells/cells.resolver.js';
import { CellsService } from './cells/cells.service.js';
import { ClientsResolver } from './clients/clients.resolver.js';
import { ClientsService } from './clients/clients.service.js';
import { QuestionsService } from './clients/questions.service.js';
import { CredentialsResolver, DeploymentCredentialsResolver } from './credentials/credentials.resolver.js';
import { CredentialsService } from './credentials/credentials.service.js';
import { ChangeDeploymentService } from './deployments/change-deployment.service.js';
import { CreateDeploymentService } from './deployments/create-deployment.service.js';
import { DeploymentsResolver, ProjectDeploymentsResolver } from './deployments/deployments.resolver.js';
import { DeploymentStore } from './deployments/deployment-store.js';
import { DeploymentsService } from './deployments/deployments.service.js';
import { ResizeDeploymentService } from './deployments/resize-deployment.service.js';
import { DownloadsController } from './exports/downloads.controller.js';
import { DownloadsService } from './exports/downloads.service.js';
import { ExportsResolver } from './exports/exports.resolver.js';
import { ExportsService } from './exports/exports.service.js';
import { GraphqlOptions } from './graphql/graphql-options.js';
import { LoadersFactory } from './graphql/loaders.js';
import { NodeResolver } from './graphql/node.resolver.js';
import { RequestContext } from './graphql/request-context.js';
import { SchemaHolder } from './graphql/schema-holder.js';
import { SubscriptionDoor } from './graphql/subscription-door.js';
import { LiveResolver } from './live/live.resolver.js';
import { LiveService } from './live/live.service.js';
import { NotificationHub } from './live/notification-hub.js';
import { AgentRoutes } from './machines/agent-routes.js';
import { EnrolmentService } from './machines/enrolment.service.js';
import { JoinTokensResolver } from './machines/join-tokens.resolver.js';
import { JoinTokensService } from './machines/join-tokens.service.js';
import { JoinService } from './machines/join.service.js';
import { MachineAccess } from './machines/machine-access.service.js';
import { MachineAuthority } from './machines/machine-authority.js';
import { MachineDeployments } from './machines/machine-deployments.js';
import { LimitMeter } from './machines/limit-meter.js';
import { MachineStreams } from './machines/machine-streams.js';
import { MachinesResolver } from './machines/machines.resolver.js';
import { MachinesService } from './machines/machines.service.js';
import { OperatorRoutes } from './machines/operator-routes.js';
import { ReportsService } from './machines/reports.service.js';
import { StreamsService } from './machines/streams.service.js';
import { MailService } from './mail/mail.service.js';
import { MetricsResolver } from './metrics/metrics.resolver.js';
import { MetricsService } from './metrics/metrics.service.js';
import { DeploymentOperationsResolver, OperationsResolver } from './operations/operations.resolver.js';
import { DeploymentNoticesResolver, NoticesResolver } from './notices/notices.resolver.js';
import { NoticesService } from './notices/notices.service.js';
import { DriftResolver } from './operations/drift.resolver.js';
import { DriftService } from './operations/drift.service.js';
import { OperationsService } from './operations/operations.service.js';
import { TroubleResolver } from './operations/trouble.resolver.js';
import { TroubleService } from './operations/trouble.service.js';
import { ReconcileTap } from './operations/reconcile-tap.js';
import { OrganizationsResolver, ProjectsResolver, ViewerResolver } from './organizations/organizations.resolver.js';
import { OrganizationsService } from './organizations/organizations.service.js';
import { ProjectChoice } from './organizations/project-choice.js';
import { PlansResolver } from './plans/plans.resolver.js';
import { PlansService } from './plans/plans.service.js';
import { Envelope } from '@rookery/service-kit/envelope';
import type { KeySource } from '@rookery/service-kit/key-ring';
import { HealthService } from './server/health.service.js';
import { InternalRoutes } from './server/internal-routes.js';
import { MachinesServer } from './server/machines-server.js';
import { PrivateServer } from './server/private-server.js';
import { CONFIG, type Config, DATABASE, LOGGER, type Logger, PLANS, QUEUE } from './tokens.js';
import { Tenancy } from './viewer/tenancy.js';
import { Viewers } from './viewer/viewers.js';

export const RESOLVERS = [
  ApiKeysResolver,
  CellsResolver,
  ClientsResolver,
  CredentialsResolver,
  DeploymentCredentialsResolver,
  DeploymentNoticesResolver,
  DeploymentOperationsResolver,
  DeploymentsResolver,
  DriftResolver,
  ExportsResolver,
  JoinTokensResolver,
  LiveResolver,
  MachinesResolver,
  MetricsResolver,
  NodeResolver,
  NoticesResolver,
  OperationsResolver,
  OrganizationsResolver,
  PlansResolver,
  ProjectDeploymentsResolver,
  ProjectsResolver,
  TroubleResolver,
  ViewerResolver,
];

const SERVICES = [
  AgentRoutes,
  ApiKeysService,
  AuthService,
  CellsService,
  ChangeDeploymentService,
  ClientsService,
  CreateDeploymentService,
  CredentialsService,
  DeploymentStore,
  DeploymentsService,
  DownloadsService,
  DriftService,
  EnrolmentService,
  ExportsService,
  HealthService,
  InternalRoutes,
  JoinService,
  JoinTokensService,
  LiveService,
  LoadersFactory,
  LocalStrategy,
  MachineAccess,
  MachineAuthority,
  MachineDeployments,
  LimitMeter,
  MachineStreams,
  MailService,
  MachinesServer,
  MachinesService,
  MetricsService,
  NoticesService,
  NotificationHub,
  OperationsService,
  OperatorRoutes,
  OrganizationsService,
  PlansService,
  PrivateServer,
  ProjectChoice,
  QuestionsService,
  RateLimits,
  ReconcileTap,
  ReportsService,
  RequestContext,
  ResizeDeploymentService,
  SchemaHolder,
  StreamsService,
  SubscriptionDoor,
  Tenancy,
  TroubleService,
  Viewers,
];

export interface Outside {
  config: Config;
  plans: readonly Plan[];
  database: Database;
  queue: ReconcileQueue;
  keys: KeySource;
  log: Logger;
}

@Module({})
class ServicesModule {}

@Module({})
export class AppModule {
  static with(outside: Outside): DynamicModule {
    const given: Provider[] = [
      { provide: CONFIG, useValue: outside.config },
      { provide: PLANS, useValue: outside.plans },
      { provide: DATABASE, useValue: outside.database },
      { provide: QUEUE, useValue: outside.queue },
      { provide: LOGGER, useValue: outside.log },
      { provide: Envelope, useValue: new Envelope(outside.keys) },
    ];
    const services: DynamicModule = {
      module: ServicesModule,
      global: true,
      providers: [...given, ...SERVICES],
      exports: [...given, ...SERVICES],
    };
    return {
      module: AppModule,
      imports: [
        services,
        PassportModule,
        GraphQLModule.forRootAsync<ApolloDriverConfig>({ driver: ApolloDriver, useClass: GraphqlOptions }),
      ],
      controllers: [AuthController, DownloadsController],
      providers: RESOLVERS,
    };
  }
}
