/** What the project file says of its remote. Credentials are never in it. */
export type RemoteSettings =
  | { readonly kind: 's3'; readonly s3: S3Settings; readonly access: RemoteAccess }
  /** Absolute. */
  | { readonly kind: 'folder'; readonly folder: string; readonly access: RemoteAccess };

/** `read`: what is made here is not brought there. */
export type RemoteAccess = 'read-write' | 'read';

export interface S3Settings {
  readonly bucket: string;
  /** Before every name in the bucket. */
  readonly prefix?: string;
  readonly region?: string;
  /** Of a server that is not AWS. */
  readonly endpoint?: string;
  /** The bucket in the path and not in the host name; where an endpoint is named, if absent. */
  readonly forcePathStyle?: boolean;
  /** Milliseconds in which something has to come. */
  readonly timeout: number;
}
