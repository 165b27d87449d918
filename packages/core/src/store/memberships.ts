/** The collections of somebody who is put from an area that decides about `within`; without it, about all. */
export function joined(
  staged: readonly string[],
  before: readonly string[],
  within: readonly string[] | undefined,
): readonly string[] {
  if (within === undefined) return staged
  return [...new Set([...staged, ...before.filter((id) => !within.includes(id))])]
}
