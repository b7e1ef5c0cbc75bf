"use client";

import { useMe } from "@/features/auth/api/session";
import { MemoriesCard } from "@/features/memory/components/memories-card";
import { ThemeCard } from "@/features/settings/components/theme-card";
import { UsageCard } from "@/features/settings/components/usage-card";

export function SettingsWorkspace() {
  const { data: me } = useMe();
  return (
    <>
      <MemoriesCard isAdministrator={me?.role === "admin"} />
      <UsageCard scope="own" />
      <ThemeCard />
    </>
  );
}
