/** Injection tokens of what is no class of ours. */
import type { Logger } from '@rookery/service-kit/log';
import type { Config } from './config.js';

export const CONFIG = Symbol('config');
export const DATABASE = Symbol('database');
export const LOGGER = Symbol('logger');
export const PLANS = Symbol('plans');
export const QUEUE = Symbol('queue');
export type { Config, Logger };
