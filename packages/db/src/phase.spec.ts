import type { DeploymentPhase, DesiredState, RuntimeState } from '@rookery/contracts/phases';
import pg from 'pg';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startTestDatabase, type TestDatabase } from './test-support/test-database.js';

let database: TestDatabase;
let client: pg.Client;

beforeAll(async () => {
  database = await startTestDatabase();
  client = new pg.Client({ connectionString: database.apiUrl });
  await client.connect();
});
afterAll(async () => {
  await client.end();
  await database.stop();
});

interface Facts {
  wanted: DesiredState;
  reported?: RuntimeState;
  /** Of generation 5. */
  reportedGeneration?: number;
  failed?: boolean;
  everRan?: boolean;
  machineLost?: boolean;
}

describe('the phase', () => {
  it.each<[DeploymentPhase, string, Facts]>([
    ['CREATING', 'at the beginning', { wanted: 'RUNNING' }],
    ['CREATING', 'while it starts for the first time', { wanted: 'RUNNING', reported: 'STARTING' }],
    ['RUNNING', 'when the machine says so', { wanted: 'RUNNING', reported: 'RUNNING', everRan: true }],
    ['RUNNING', 'though an earlier try had failed', { wanted: 'RUNNING', reported: 'RUNNING', failed: true }],
    ['DEGRADED', 'when its machine is lost', { wanted: 'RUNNING', reported: 'RUNNING', machineLost: true }],
    ['DEGRADED', 'when it died', { wanted: 'RUNNING', reported: 'EXITED', everRan: true }],
    ['UPDATING', 'while it runs under an older wish', { wanted: 'RUNNING', reported: 'RUNNING', reportedGeneration: 4, everRan: true }],
    ['ASLEEP', 'when it sleeps', { wanted: 'RUNNING', reported: 'ASLEEP', everRan: true }],
    ['DEGRADED', 'when it sleeps on a machine that is lost', { wanted: 'RUNNING', reported: 'ASLEEP', everRan: true, machineLost: true }],
    ['STARTING', 'while it wakes', { wanted: 'RUNNING', reported: 'STARTING', everRan: true }],
    ['STOPPING', 'while a sleeping one is stopped', { wanted: 'STOPPED', reported: 'ASLEEP', reportedGeneration: 4, everRan: true }],
    ['STARTING', 'after a stop', { wanted: 'RUNNING', reported: 'STOPPED', reportedGeneration: 4, everRan: true }],
    ['FAILED', 'when the machine gave up', { wanted: 'RUNNING', reported: 'FAILED' }],
    ['FAILED', 'when it could not be placed', { wanted: 'RUNNING', failed: true }],
    ['STOPPING', 'until the machine says stopped', { wanted: 'STOPPED', reported: 'RUNNING', reportedGeneration: 4 }],
    ['STOPPED', 'then', { wanted: 'STOPPED', reported: 'STOPPED' }],
    ['STOPPED', 'also when its machine is lost', { wanted: 'STOPPED', reported: 'STOPPED', machineLost: true }],
    ['FAILED', 'when it could not be stopped', { wanted: 'STOPPED', reported: 'RUNNING', reportedGeneration: 4, failed: true }],
    ['DELETING', 'until it is gone', { wanted: 'DELETED', reported: 'RUNNING', reportedGeneration: 4 }],
    ['FAILED', 'when it could not be deleted', { wanted: 'DELETED', failed: true }],
  ])(
    'is %s %s',
    async (phase, _, { wanted, reported = null, reportedGeneration = 5, failed = false, everRan = false, machineLost = false }) => {
      const facts = [wanted, 5, failed ? 5 : 4, reported, reportedGeneration, everRan, machineLost];
      const found = await client.query<{ phase: string }>('SELECT deployment_phase($1, $2, $3, $4, $5, $6, $7) AS phase', facts);
      expect(found.rows[0]!.phase).toBe(phase);
    },
  );
});
