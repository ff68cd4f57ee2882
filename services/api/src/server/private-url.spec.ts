import type { NetworkInterfaceInfo } from 'node:os';
import { expect, it } from 'vitest';
import { privateUrlOf } from './private-url.js';

const at = (address: string, internal = false) => [{ address, internal, family: 'IPv4' } as NetworkInterfaceInfo];
/** As in a task of Fargate. */
const interfaces = { lo: at('127.0.0.1', true), eth0: at('169.254.172.2'), eth1: at('10.65.32.7') };

it.each([
  ['/run/api.sock', 'unix:/run/api.sock'],
  ['127.0.0.1:9090', 'http://127.0.0.1:9090'],
  [':9090', 'http://127.0.0.1:9090'],
  ['[fd00::1]:9090', 'http://[fd00::1]:9090'],
  ['0.0.0.0:9090', 'http://10.65.32.7:9090'],
  ['[::]:9090', 'http://10.65.32.7:9090'],
])('what listens at %s is reached at %s by the other apis', (listen, url) => {
  expect(privateUrlOf(listen, interfaces)).toBe(url);
});
