/**
 * A machine of a cloud as a container: the user data that AWS holds for it runs there unchanged. Devices come to its elastic
 * address, and only by the ports that its security group opens to everybody.
 */
import { rmSync } from 'node:fs';
import { connect, createServer, type Server, type Socket } from 'node:net';
import { join } from 'node:path';
import { DescribeAddressesCommand, DescribeInstancesCommand, DescribeSecurityGroupsCommand, EC2Client } from '@aws-sdk/client-ec2';
import { type Moto, motoEnvironment } from '@rookery/service-kit/test-support/moto';
import { until } from './clients.ts';
import type { Boot, Booted, Machine } from './cloud.ts';
import { MachineContainer } from './machine-container.ts';

const ANYWHERE = '0.0.0.0/0';
const ADDRESS_MS_MAX = 60_000;

export class CloudContainer implements Machine {
  readonly run = null;
  readonly container: MachineContainer;
  readonly userData: string;
  private readonly disk: string;
  private readonly doors: Server[] = [];
  private readonly devices = new Set<Socket>();

  private constructor(container: MachineContainer, userData: string, disk: string) {
    this.container = container;
    this.userData = userData;
    this.disk = disk;
  }

  /** `folder` is where volumes lie. */
  static bootIn(folder: string, moto: Moto, onBoot: (machine: CloudContainer) => void): Boot {
    return async (booted: Booted) => {
      const disk = join(folder, booted.volumeId);
      const container = await MachineContainer.start(disk, booted.userData, motoEnvironment(moto));
      const machine = new CloudContainer(container, booted.userData, disk);
      onBoot(machine);
      await machine.open(booted.instanceId).catch(async (error: Error) => {
        await machine.down();
        throw error;
      });
      return machine;
    };
  }

  async down(): Promise<void> {
    for (const door of this.doors) door.close();
    for (const device of this.devices) device.destroy();
    await this.container.remove('aws-cell-machine.log');
  }

  async remove(): Promise<void> {
    rmSync(this.disk, { force: true });
    rmSync(`${this.disk}.user-data`, { force: true });
  }

  /** The address comes after the machine. Moto gives addresses of the loopback network, where we may listen. */
  private async open(instanceId: string): Promise<void> {
    const ec2 = new EC2Client();
    let address = '';
    const addressOf = async () => {
      const Filters = [{ Name: 'instance-id', Values: [instanceId] }];
      const { Addresses = [] } = await ec2.send(new DescribeAddressesCommand({ Filters }));
      address = Addresses[0]?.PublicIp ?? '';
      return address !== '';
    };
    await until(addressOf, `${instanceId} to have an address`, ADDRESS_MS_MAX);
    const to = await this.container.address();
    for (const port of await openPorts(ec2, instanceId)) {
      const door = createServer((device) => this.splice(device, connect(port, to)));
      await new Promise<void>((done, failed) => door.once('error', failed).listen(port, address, done));
      this.doors.push(door);
    }
  }

  private splice(device: Socket, machine: Socket): void {
    for (const [one, other] of [
      [device, machine],
      [machine, device],
    ] as const) {
      this.devices.add(one);
      one.on('error', () => other.destroy());
      one.on('close', () => {
        this.devices.delete(one);
        other.destroy();
      });
      one.pipe(other);
    }
  }
}

async function openPorts(ec2: EC2Client, instanceId: string): Promise<number[]> {
  const { Reservations = [] } = await ec2.send(new DescribeInstancesCommand({ InstanceIds: [instanceId] }));
  const GroupIds = Reservations[0]!.Instances![0]!.SecurityGroups!.map(({ GroupId }) => GroupId!);
  const { SecurityGroups = [] } = await ec2.send(new DescribeSecurityGroupsCommand({ GroupIds }));
  return SecurityGroups.flatMap(({ IpPermissions = [] }) => IpPermissions)
    .filter(({ IpRanges = [] }) => IpRanges.some(({ CidrIp }) => CidrIp === ANYWHERE))
    .flatMap(({ FromPort, ToPort }) => Array.from({ length: ToPort! - FromPort! + 1 }, (_, i) => FromPort! + i));
}
