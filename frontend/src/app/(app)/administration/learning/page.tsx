import type { Metadata } from "next";
import { Suspense } from "react";

import { LearningWorkspace } from "./learning-workspace";

export const metadata: Metadata = { title: "Learning" };

export default function LearningPage() {
  return (
    <Suspense>
      <LearningWorkspace />
    </Suspense>
  );
}
