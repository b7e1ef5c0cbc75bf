import type { Metadata } from "next";
import { Suspense } from "react";

import { AnalystWorkspace } from "./analyst-workspace";

export const metadata: Metadata = { title: "Analyst" };

export default function AnalystPage() {
  return (
    <Suspense>
      <AnalystWorkspace />
    </Suspense>
  );
}
