import { Accordion, Radio, Stack } from '@mantine/core';
import type { ReactNode } from 'react';
import type { Durability } from '../../gql/graphql';

export const DURABILITY: Record<Durability, { label: string; description: string }> = {
  DURABLE: { label: 'Durable', description: 'What is acknowledged is on disk first. Survives a power cut.' },
  RELAXED: { label: 'Relaxed', description: 'Written to disk a moment later. Faster; a power cut can lose the last moment.' },
  MEMORY: { label: 'Memory', description: 'Nothing is kept over a restart. The fastest.' },
};

interface Props {
  durability: Durability;
  onDurability: (durability: Durability) => void;
  children: ReactNode;
}

/** What most people never touch, folded away. */
export function Advanced({ durability, onDurability, children }: Props) {
  return (
    <Accordion variant="contained" radius="lg" transitionDuration={120}>
      <Accordion.Item value="advanced">
        <Accordion.Control>Advanced</Accordion.Control>
        <Accordion.Panel>
          <Stack gap="lg">
            <Radio.Group label="Durability" value={durability} onChange={(value) => onDurability(value as Durability)}>
              <Stack gap="xs" mt="xs">
                {(Object.keys(DURABILITY) as Durability[]).map((value) => (
                  <Radio key={value} value={value} label={DURABILITY[value].label} description={DURABILITY[value].description} />
                ))}
              </Stack>
            </Radio.Group>
            {children}
          </Stack>
        </Accordion.Panel>
      </Accordion.Item>
    </Accordion>
  );
}
