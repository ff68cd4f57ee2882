import { Field, Float, ID, InputType, Int, ObjectType, registerEnumType } from '@nestjs/graphql';
import type { ClientSnapshot, SubscriptionSnapshot } from '@rookery/contracts/questions';
import { adviceFor } from './advice.js';
import { PageInfo } from '../graphql/connection.js';
import { UserError } from '../graphql/user-error.model.js';

const ClientTransportEnum = { TCP: 'tcp', TLS: 'tls', WS: 'ws', WSS: 'wss', UNIX: 'unix' } as const;
registerEnumType(ClientTransportEnum, { name: 'ClientTransport' });

@ObjectType()
export class ClientSubscription {
  @Field(() => String) topicFilter!: string;
  @Field(() => Int) qos!: number;
  @Field(() => Boolean) noLocal!: boolean;
  @Field(() => Boolean) retainAsPublished!: boolean;
  @Field(() => Int) retainHandling!: number;
}

@ObjectType({ description: 'Something to change at a client, seen by the broker.' })
export class ClientAdvice {
  @Field(() => String) code!: string;
  @Field(() => String) message!: string;
}

@ObjectType({ description: 'What a client did wrong, or was refused for.' })
export class ClientFault {
  @Field(() => Date) at!: Date;
  @Field(() => Int, { description: 'Reason code of MQTT 5, whatever version the client speaks.' }) reasonCode!: number;
  @Field(() => String) message!: string;
  @Field(() => String, { nullable: true }) remoteAddress!: string | null;
}

@ObjectType()
export class Client {
  @Field(() => String) clientId!: string;
  @Field(() => String, { nullable: true }) username!: string | null;
  @Field(() => Boolean) connected!: boolean;
  @Field(() => String) protocolVersion!: string;
  @Field(() => ClientTransportEnum) transport!: ClientSnapshot['transport'];
  @Field(() => String, { nullable: true }) tlsVersion!: string | null;
  @Field(() => String, { nullable: true }) remoteAddress!: string | null;
  @Field(() => Date, { nullable: true }) connectedAt!: Date | null;
  @Field(() => Date, { nullable: true }) disconnectedAt!: Date | null;
  @Field(() => Boolean) cleanStart!: boolean;
  @Field(() => Int) keepAliveSeconds!: number;
  @Field(() => Float) sessionExpirySeconds!: number;
  @Field(() => Int) subscriptionCount!: number;
  @Field(() => [ClientSubscription], { nullable: true }) subscriptions!: ClientSubscription[] | null;
  @Field(() => Int) inflight!: number;
  @Field(() => Int) queueLength!: number;
  @Field(() => Float) messagesReceived!: number;
  @Field(() => Float) messagesSent!: number;
  @Field(() => Float) messagesDropped!: number;
  @Field(() => Float, { description: 'Messages per second that it was sent, mean of the last few seconds.' })
  messagesSentPerSecond!: number;
  @Field(() => [ClientAdvice]) advice!: ClientAdvice[];
}

@ObjectType()
export class ClientEdge {
  @Field(() => String) cursor!: string;
  @Field(() => Client) node!: Client;
}

@ObjectType({
  description: 'Live answer of the runtime. `unavailable` says why it is empty: RUNTIME_ASLEEP, RUNTIME_UNREACHABLE or RUNTIME_TIMEOUT.',
})
export class ClientConnection {
  @Field(() => [ClientEdge]) edges!: ClientEdge[];
  @Field(() => [Client]) nodes!: Client[];
  @Field(() => PageInfo) pageInfo!: PageInfo;
  @Field(() => Int) totalCount!: number;
  @Field(() => UserError, { nullable: true }) unavailable!: UserError | null;
}

@InputType()
export class DisconnectClientInput {
  @Field(() => ID) deploymentId!: string;
  @Field(() => String) clientId!: string;
}

@ObjectType()
export class DisconnectClientPayload {
  @Field(() => Boolean) disconnected!: boolean;
  @Field(() => [UserError]) userErrors!: UserError[];
}

/** A list names how many subscriptions a client has; only the client alone names which. */
export function toClient(snapshot: ClientSnapshot, subscriptions: SubscriptionSnapshot[] | null): Client {
  const date = (text: string | null) => (text === null ? null : new Date(text));
  return {
    ...snapshot,
    connectedAt: date(snapshot.connectedAt),
    disconnectedAt: date(snapshot.disconnectedAt),
    subscriptionCount: snapshot.subscriptions,
    subscriptions,
    advice: adviceFor(snapshot),
  };
}
