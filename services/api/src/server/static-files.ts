/** The built console: files by name, and its one page for every other address. */
import { join } from 'node:path';
import express, { type RequestHandler } from 'express';

/** Names with a hash in them never change their content. */
const HASHED = '/assets/';

export function staticFiles(webRoot: string): RequestHandler[] {
  const files = express.static(webRoot, {
    index: false,
    setHeaders: (response, path) =>
      response.setHeader('cache-control', path.includes(HASHED) ? 'public, max-age=31536000, immutable' : 'no-cache'),
  });
  const page: RequestHandler = (request, response, next) => {
    const wantsPage = (request.method === 'GET' || request.method === 'HEAD') && request.accepts('html') !== false;
    if (!wantsPage || /^\/(graphql|auth|exports)\b/.test(request.path) || /\.[a-z0-9]+$/i.test(request.path)) return next();
    response.setHeader('cache-control', 'no-cache').sendFile(join(webRoot, 'index.html'));
  };
  return [files, page];
}
