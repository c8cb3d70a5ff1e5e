/** A public key as JWK (RFC 7517), without any private member. */
export type PublicJwk = Readonly<Record<string, unknown>>;

type ServiceKeyApprovalType = 'Super User API' | 'Key Rotation' | 'Automatic';

export interface ServiceKeyApproval {
  readonly type: ServiceKeyApprovalType;
  /** Account of the superuser; null when no person approved. */
  readonly approverId: number | null;
  readonly approvedMs: number;
  readonly notes: string;
}

/** A public key with which tokens of a service are verified; in use while approved and not expired. */
export interface ServiceKey {
  readonly id: number;
  /** Unique across services. */
  readonly kid: string;
  readonly name: string;
  readonly service: string;
  readonly jwk: PublicJwk;
  readonly metadata: Readonly<Record<string, unknown>>;
  readonly createdMs: number;
  readonly expiresMs: number | null;
  readonly rotationDurationSeconds: number | null;
  readonly approval: ServiceKeyApproval | undefined;
}

/** Whether tokens that the key signs count at `nowMs`. */
export function isServiceKeyActive({ approval, expiresMs }: ServiceKey, nowMs: number): boolean {
  return approval !== undefined && (expiresMs === null || expiresMs > nowMs);
}
