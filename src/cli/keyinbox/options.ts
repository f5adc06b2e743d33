/** What every command of the group takes. */
export interface CommonOptions {
  url?: string;
  json?: true;
}

/** `keyinbox keygen` */
export interface KeygenOptions extends CommonOptions {
  out?: string;
}

/** `keyinbox send` */
export interface SendOptions extends CommonOptions {
  to: string;
  subject: string;
  content?: string;
  contentFile?: string;
  anonymous?: true;
  keyFile?: string;
}

/** `keyinbox list` */
export interface ListOptions extends CommonOptions {
  sent?: true;
  skip: number;
  take: number;
  keyFile?: string;
}

/** `keyinbox read` */
export interface ReadOptions extends CommonOptions {
  sentTo?: string;
  keyFile?: string;
}
