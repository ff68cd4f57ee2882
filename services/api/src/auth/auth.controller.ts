import { Body, Controller, HttpCode, Post, Req, Res, UseGuards } from '@nestjs/common';
import type { Request, Response } from 'express';
import { AuthService, type NewPerson } from './auth.service.js';
import { addressOf, LogInGuard } from './local.strategy.js';
import { SESSION_COOKIE } from './sessions.js';

@Controller('auth')
export class AuthController {
  constructor(private readonly auth: AuthService) {}

  /** Signs up and logs in. */
  @Post('sign-up')
  async signUp(@Body() body: unknown, @Req() request: Request): Promise<NewPerson> {
    const person = await this.auth.signUp(body ?? {}, addressOf(request));
    await beginSession(request, person.personId);
    return person;
  }

  @Post('log-in')
  @HttpCode(200)
  @UseGuards(LogInGuard)
  async logIn(@Req() request: Request & { user: { personId: string } }): Promise<{ personId: string }> {
    const { personId } = request.user;
    await beginSession(request, personId);
    return { personId };
  }

  @Post('log-out')
  @HttpCode(204)
  async logOut(@Req() request: Request, @Res({ passthrough: true }) response: Response): Promise<void> {
    await new Promise<void>((done, fail) => request.session.destroy((error: unknown) => (error ? fail(error as Error) : done())));
    response.clearCookie(SESSION_COOKIE);
  }
}

/** A log-in session always has a new id: one that was planted before is worth nothing after. */
async function beginSession(request: Request, personId: string): Promise<void> {
  await new Promise<void>((done, fail) => request.session.regenerate((error: unknown) => (error ? fail(error as Error) : done())));
  request.session.personId = personId;
  await new Promise<void>((done, fail) => request.session.save((error: unknown) => (error ? fail(error as Error) : done())));
}
