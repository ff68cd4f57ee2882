/** Words for a region that a machine or an operator has named: `eu-central` becomes `Eu central`. */
export function regionName(id: string): string {
  return id.charAt(0).toUpperCase() + id.slice(1).replaceAll('-', ' ');
}
