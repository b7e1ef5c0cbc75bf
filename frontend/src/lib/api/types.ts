import type { components, paths } from "./schema";

export type Schemas = components["schemas"];

/** The generated paths as the browser asks for them: below the proxy, without the backend's prefix. */
export type ApiPaths = {
  [Path in keyof paths as Path extends `/api/v1${infer Rest}` ? Rest : never]: paths[Path];
};
