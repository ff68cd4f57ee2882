import { type ExecutionContext, Injectable } from '@nestjs/common';
import { AuthGuard, PassportStrategy } from '@nestjs/passport';
import type { Request } from 'express';
import { Strategy } from 'passport-local';
import { parseInput } from '../graphql/input.js';
import { AuthService, logInSchema } from './auth.service.js';

/** E-mail and password, checked by our service; passport finds them in the body. */
@Injectable()
export class LocalStrategy extends PassportStrategy(Strategy) {
  constructor(private readonly auth: AuthService) {
    super({ usernameField: 'email', passReqToCallback: true });
  }

  async validate(request: Request, email: string, password: string): Promise<{ personId: string }> {
    return { personId: await this.auth.logIn({ email, password }, addressOf(request)) };
  }
}

/** Fields that are not there are named; passport itself would only say that something is missing. */
@Injectable()
export class LogInGuard extends AuthGuard('local') {
  override canActivate(context: ExecutionContext) {
    parseInput(logInSchema, context.switchToHttp().getRequest<Request>().body ?? {}, []);
    return super.canActivate(context);
  }
}

export function addressOf(request: Request): string {
  return request.socket.remoteAddress ?? 'unknown';
}
