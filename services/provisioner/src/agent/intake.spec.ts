import type { MachineDeployment } from '@rookery/contracts/machine-protocol';
import { createLogger } from '@rookery/service-kit/log';
import { describe, expect, it } from 'vitest';
import { Intake } from './intake.js';

const told = (deploymentId: string, generation: number, state = 'RUNNING') =>
  ({ runtime: { deploymentId, generation, state } }) as unknown as MachineDeployment;

/** Saving takes until it is let go. */
function rig() {
  const done: string[] = [];
  const saving: (() => void)[] = [];
  const name = ({ runtime }: MachineDeployment) => `${runtime.deploymentId} ${runtime.generation}`;
  const intake = new Intake(
    (deployment) =>
      new Promise((resolve) => {
        done.push(`save ${name(deployment)}`);
        saving.push(resolve);
      }),
    (deployment) => done.push(`act ${name(deployment)}`),
    createLogger('test', 'silent'),
  );
  const tell = (deployment: MachineDeployment) => intake.tell({ deploymentId: deployment.runtime.deploymentId, compose: () => deployment });
  const settle = () => new Promise((resolve) => setImmediate(resolve));
  const saved = async () => {
    for (const resolve of saving.splice(0)) resolve();
    await settle();
  };
  return { intake, tell, done, saved, settle };
}

describe('what the stream tells', () => {
  it('is acted upon once it is on disk, and what came meanwhile is saved in one go', async () => {
    const { tell, done, saved, settle } = rig();
    tell(told('a', 1));
    await settle();
    tell(told('b', 1));
    tell(told('c', 1));
    expect(done.splice(0)).toEqual(['save a 1']);
    await saved();
    expect(done.splice(0)).toEqual(['act a 1', 'save b 1', 'save c 1']);
    await saved();
    expect(done).toEqual(['act b 1', 'act c 1']);
  });

  it('keeps its order for each deployment, and is composed of what stands by then', async () => {
    const { intake, tell, done, saved } = rig();
    tell(told('a', 1));
    let seen: string[] = [];
    const compose = () => {
      seen = [...done];
      return told('a', 2);
    };
    intake.tell({ deploymentId: 'a', compose });
    await saved();
    expect(seen).toEqual(['save a 1', 'act a 1']);
    await saved();
    expect(done.at(-1)).toBe('act a 2');
  });

  it('needs no disk to let a deployment go', async () => {
    const { tell, done, settle } = rig();
    tell(told('a', 3, 'DELETED'));
    await settle();
    expect(done).toEqual(['act a 3']);
  });

  it('is taken again until the disk takes it, before anything newer of that deployment', async () => {
    const acted: number[] = [];
    let failures = 1;
    const save = () => (failures-- > 0 ? Promise.reject(new Error('no space left')) : Promise.resolve());
    const intake = new Intake(save, ({ runtime }) => acted.push(runtime.generation), createLogger('test', 'silent'));
    for (const generation of [1, 2]) intake.tell({ deploymentId: 'a', compose: () => told('a', generation) });
    const deadline = Date.now() + 5_000;
    while (acted.length < 2 && Date.now() < deadline) await new Promise((wake) => setTimeout(wake, 20));
    expect(acted).toEqual([1, 2]);
  });
});
