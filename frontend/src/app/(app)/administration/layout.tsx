import type { ReactNode } from "react";

import { AdministrationFrame } from "./administration-frame";

export default function AdministrationLayout({ children }: { children: ReactNode }) {
  return <AdministrationFrame>{children}</AdministrationFrame>;
}
