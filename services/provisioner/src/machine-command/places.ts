/** Where a machine image keeps things (docker/machine/rootfs, scripts/machine-image.sh). */
export const PLACES = {
  /** Bundles of the services. */
  lib: '/opt/rookery/lib',
  run: '/run/rookery',
  /** On the data volume: what the agent keeps. */
  home: '/var/lib/rookery/machine',
  tokenFile: '/var/lib/rookery/join-token',
  /** Certificate and key of the domain. */
  tls: '/var/lib/rookery/tls',
  /** Where things lie, for both services; part of the image. */
  placesFile: '/opt/rookery/etc/places.env',
  /** Written by user-data or by hand. */
  settingsFile: '/etc/rookery/machine.env',
  /** What the secret says; on the data volume, so that a boot without AWS has it too. */
  secretSettingsFile: '/var/lib/rookery/secret.env',
} as const;
