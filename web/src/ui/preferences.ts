import { useLocalStorage } from '@mantine/hooks';

/** Choices of the person on this browser. They are not state of a page, so they are not in the URL. */
export type Density = 'comfortable' | 'compact';

export function useDensity() {
  return useLocalStorage<Density>({ key: 'rookery.density', defaultValue: 'comfortable', getInitialValueInEffect: false });
}

export function useRailFolded() {
  return useLocalStorage<boolean>({ key: 'rookery.rail-folded', defaultValue: false, getInitialValueInEffect: false });
}

export function useHiddenColumns(table: string) {
  return useLocalStorage<string[]>({ key: `rookery.hidden-columns.${table}`, defaultValue: [], getInitialValueInEffect: false });
}

export function useLastProject() {
  return useLocalStorage<string | null>({ key: 'rookery.last-project', defaultValue: null, getInitialValueInEffect: false });
}
