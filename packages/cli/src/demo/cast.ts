import { isVisavisError, type FaceMatcher, type FoundFace } from '@visavis/core'
import type { Photograph } from './photographs.ts'

/** A face of a photograph, taken for a person of its own. */
export interface Role {
  /** `Photo 3, face 2`: faces are counted from the left. */
  readonly name: string
  readonly photograph: Photograph
  readonly face: FoundFace
  /** The id they are enrolled with; `null` for a stranger. */
  readonly id: string | null
  /** Why they are a stranger: `held_out` on purpose, or what enrolling them was refused for. */
  readonly stranger:
    | 'held_out'
    | { readonly code: string; readonly message: string; readonly reasons: readonly string[] }
    | null
}

/** Every fifth face is kept out of the enrollment, to be the stranger at the door. */
const strangerEvery = 5

/**
 * Finds the faces of the photographs.
 *
 * @param onPhotograph called after each
 */
export async function findFaces(
  matcher: FaceMatcher,
  photographs: readonly Photograph[],
  signal: AbortSignal,
  onPhotograph: (photograph: Photograph) => void,
): Promise<Role[]> {
  const roles: Role[] = []
  for (const photograph of photographs) {
    const faces = await matcher.detect(photograph.bytes, { signal })
    const fromLeft = faces.sort((a, b) => a.box.left + a.box.right - b.box.left - b.box.right)
    for (const [i, face] of fromLeft.entries()) {
      const name = `Photo ${photograph.number}, face ${i + 1}`
      roles.push({ name, photograph, face, id: null, stranger: null })
    }
    onPhotograph(photograph)
  }
  return roles
}

/**
 * Enrolls the faces, each with its crop, except for every fifth and those that are refused.
 *
 * @param onRole called after each
 */
export async function enrollRoles(
  matcher: FaceMatcher,
  roles: readonly Role[],
  signal: AbortSignal,
  onRole: (role: Role) => void,
): Promise<Role[]> {
  const cast: Role[] = []
  for (const [i, role] of roles.entries()) {
    cast.push((i + 1) % strangerEvery === 0 ? { ...role, stranger: 'held_out' } : await enroll(matcher, role, signal))
    onRole(role)
  }
  return cast
}

async function enroll(matcher: FaceMatcher, role: Role, signal: AbortSignal): Promise<Role> {
  try {
    const { id } = await matcher.persons.create({ name: role.name, images: [role.face.thumbnail] }, { signal })
    return { ...role, id }
  } catch (error) {
    if (!isVisavisError(error) || error.name !== 'InputError') throw error
    const { code, message, reasons } = error
    return { ...role, stranger: { code, message, reasons } }
  }
}
