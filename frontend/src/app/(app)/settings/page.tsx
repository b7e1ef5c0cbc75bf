import type { Metadata } from "next";

import { SettingsWorkspace } from "./settings-workspace";

export const metadata: Metadata = { title: "Settings" };

export default function SettingsPage() {
  return (
    <div className="mx-auto flex w-full max-w-4xl flex-col gap-4 p-4 sm:p-6">
      <h1 className="text-xl font-semibold tracking-tight">Settings</h1>
      <SettingsWorkspace />
    </div>
  );
}
