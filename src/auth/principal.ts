export const ROLES = ['billing', 'auditor', 'customer', 'operator'] as const;

/**
 * What a principal may do: **billing** commands and queries, **auditor** read everything and write nothing,
 * **customer** one main account's dashboard, **operator** keys and the running of the service.
 */
export type Role = (typeof ROLES)[number];

/** Who sends a request. */
export interface Principal {
  /** `key:<id>` or `jwt:<subject>`; goes into the events as their actor. */
  readonly id: string;
  readonly roles: readonly Role[];
  /** The one main account that a customer may see; undefined for the others. */
  readonly mainAccountId: string | undefined;
}
