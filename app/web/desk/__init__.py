"""The counselors' side: one package for each thing a counselor is doing, all behind the guard."""

from app.web.desk import account, calls, lists, records, request, rota, team

BLUEPRINTS = tuple(
    blueprint for package in (account, calls, lists, records, request, rota, team) for blueprint in package.BLUEPRINTS
)
