/** The forms that requests to the admin API have. */
import type { ProbeRequest } from "./ask";

/** One cmdlet by `InvokeCommand`. */
export function cmdlet(
  name: string,
  parameters: object | null,
  { select, ...more }: Omit<Partial<ProbeRequest>, "method" | "body"> & { readonly select?: string } = {},
): ProbeRequest {
  return {
    method: "POST",
    path: `InvokeCommand${select === undefined ? "" : `?$select=${select}`}`,
    body: () => ({ CmdletInput: { CmdletName: name, Parameters: parameters } }),
    ...more,
    headers: { "X-CmdletName": name, ...more.headers },
  };
}

export function get(path: string, more: Omit<Partial<ProbeRequest>, "method" | "path" | "body"> = {}): ProbeRequest {
  return { method: "GET", path, ...more };
}

/** `$filter` and the like, encoded. */
export function query(options: Readonly<Record<string, string>>): string {
  return Object.entries(options)
    .map(([name, value]) => `${name}=${encodeURIComponent(value)}`)
    .join("&");
}

/** A cmdlet as an item of a batch. */
export interface BatchItem {
  readonly name: string;
  readonly parameters: object;
  /** Absolute, or a path alone. */
  readonly url: string;
  readonly anchor: string;
}

/** `$batch`; ids are `1`, `2` and so on. */
export function batch(
  items: readonly BatchItem[],
  more: Omit<Partial<ProbeRequest>, "method" | "path" | "body"> = {},
): ProbeRequest {
  return {
    method: "POST",
    path: "$batch",
    body: (authorization) => ({
      requests: items.map(({ name, parameters, url, anchor }, index) => ({
        id: String(index + 1),
        method: "POST",
        url,
        headers: {
          Authorization: authorization,
          "Content-Type": "application/json",
          Accept: "application/json",
          "X-AnchorMailbox": anchor,
          "X-CmdletName": name,
        },
        body: { CmdletInput: { CmdletName: name, Parameters: parameters } },
      })),
    }),
    ...more,
  };
}
