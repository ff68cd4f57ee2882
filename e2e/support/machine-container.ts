/**
 * A machine of AWS as a container made from Debian's packages: it has the files of a machine image, and runs the user data that
 * it is given, unchanged. Only what EC2 gives a machine comes besides: a block device, and where AWS answers. Needs an engine
 * (DOCKER_HOST), its base image and a loop device.
 */
import { existsSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { inRoot } from '../../scripts/lib/paths.ts';
import { outputOf } from '../../scripts/lib/run-step.ts';
import { docker } from './containers.ts';

export const MACHINE_IMAGE = 'rookery-machine:rig';
const VOLUME_BYTES = 512 * 1024 * 1024;

/** The files of a machine image, laid out in `folder`, on the base image. */
export async function buildMachineImage(folder: string): Promise<void> {
  const context = join(folder, 'image');
  await outputOf('bash', [inRoot('scripts/machine-image.sh'), context]);
  const base = process.env.NODE_IMAGE ?? 'rookery-base/node';
  const words = ['build', '--quiet', '--network', 'none', '--build-arg', `BASE_IMAGE=${base}`, '--tag', MACHINE_IMAGE];
  await docker(...words, '--file', inRoot('docker/machine/Dockerfile'), context);
}

/** Address of this machine as containers reach it. */
export async function bridgeGateway(): Promise<string> {
  return docker('network', 'inspect', 'bridge', '--format', '{{(index .IPAM.Config 0).Gateway}}');
}

export class MachineContainer {
  readonly id: string;
  private readonly disk: string;
  private readonly loop: string;

  private constructor(id: string, disk: string, loop: string) {
    this.id = id;
    this.disk = disk;
    this.loop = loop;
  }

  /** Boots. The `disk` is a file, made if it is not there; `environment` says where AWS answers. */
  static async start(disk: string, userData: string, environment: Record<string, string>): Promise<MachineContainer> {
    if (!existsSync(disk)) {
      writeFileSync(disk, '');
      truncateSync(disk, VOLUME_BYTES);
    }
    const loop = (await outputOf('losetup', ['--find', '--show', disk])).trim();
    const script = `${disk}.user-data`;
    writeFileSync(script, userData);
    const id = await docker(
      ...['run', '--detach', '--init', '--cap-add', 'SYS_ADMIN', '--security-opt', 'seccomp=unconfined', '--tmpfs', '/run:exec'],
      ...['--device', `${loop}:/dev/xvdf`, '--volume', `${script}:/var/lib/cloud/user-data:ro`],
      ...Object.entries(environment).flatMap(([name, value]) => ['--env', `${name}=${value}`]),
      MACHINE_IMAGE,
    );
    return new MachineContainer(id, disk, loop);
  }

  logs(): Promise<string> {
    return docker('logs', this.id);
  }

  address(): Promise<string> {
    return docker('inspect', '--format', '{{.NetworkSettings.IPAddress}}', this.id);
  }

  /** The same machine boots once more. */
  async reboot(): Promise<void> {
    await docker('restart', '--time', '20', this.id);
  }

  run(...command: string[]): Promise<string> {
    return docker('exec', this.id, ...command);
  }

  /** Goes down, and its logs are kept in `.cache`; what is on its disk stays. */
  async remove(logName: string): Promise<void> {
    await docker('stop', '--time', '20', this.id);
    writeFileSync(inRoot('.cache', logName), await this.logs());
    await docker('rm', '--force', this.id);
    await outputOf('losetup', ['--detach', this.loop]);
  }
}
