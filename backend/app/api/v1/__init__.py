from fastapi import APIRouter

from app.api.v1 import analytics, auth, data, health

router = APIRouter(prefix="/api/v1")
router.include_router(analytics.router)
router.include_router(auth.router)
router.include_router(data.router)
router.include_router(health.router)
