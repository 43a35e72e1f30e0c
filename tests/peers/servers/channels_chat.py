"""A chat on Django Channels, served by Daphne: python3 channels_chat.py PORT FOLDER.

The admin's own login form with its CSRF token, a session cookie, an origin check, a group for each
user: what the documentation of Channels shows.
"""
import asyncio
import pathlib
import re
import sys

import django
from django.conf import settings

PORT, FOLDER = sys.argv[1], pathlib.Path(sys.argv[2])
PASSWORDS = {"alice": "alice-password", "bob": "bob-password"}

settings.configure(
    SECRET_KEY="only-for-tests", ALLOWED_HOSTS=["127.0.0.1"], ROOT_URLCONF=__name__,
    INSTALLED_APPS=["django.contrib.admin", "django.contrib.auth", "django.contrib.contenttypes",
                    "django.contrib.messages", "django.contrib.sessions", "channels"],
    MIDDLEWARE=["django.contrib.sessions.middleware.SessionMiddleware",
                "django.middleware.csrf.CsrfViewMiddleware",
                "django.contrib.auth.middleware.AuthenticationMiddleware",
                "django.contrib.messages.middleware.MessageMiddleware"],
    TEMPLATES=[{"BACKEND": "django.template.backends.django.DjangoTemplates", "APP_DIRS": True,
                "OPTIONS": {"context_processors": [
                    "django.template.context_processors.request",
                    "django.contrib.auth.context_processors.auth",
                    "django.contrib.messages.context_processors.messages"]}}],
    DATABASES={"default": {"ENGINE": "django.db.backends.sqlite3", "NAME": FOLDER / "chat.sqlite"}},
    CHANNEL_LAYERS={"default": {"BACKEND": "channels.layers.InMemoryChannelLayer"}},
    PASSWORD_HASHERS=["django.contrib.auth.hashers.MD5PasswordHasher"],
    DEFAULT_AUTO_FIELD="django.db.models.BigAutoField", STATIC_URL="/static/", USE_TZ=True)
django.setup()

from channels.auth import AuthMiddlewareStack  # noqa: E402
from channels.generic.websocket import AsyncJsonWebsocketConsumer  # noqa: E402
from channels.routing import ProtocolTypeRouter, URLRouter  # noqa: E402
from channels.security.websocket import AllowedHostsOriginValidator  # noqa: E402
from daphne.cli import CommandLineInterface  # noqa: E402
from django.contrib import admin  # noqa: E402
from django.contrib.auth import get_user_model  # noqa: E402
from django.core.asgi import get_asgi_application  # noqa: E402
from django.core.management import call_command  # noqa: E402
from django.http import JsonResponse  # noqa: E402
from django.urls import path  # noqa: E402

urlpatterns = [path("admin/", admin.site.urls),
               path("health", lambda request: JsonResponse({"status": "ok"})),
               path("me", lambda request: JsonResponse({"user": request.user.get_username()}))]


class Chat(AsyncJsonWebsocketConsumer):
    async def connect(self):
        if not self.scope["user"].is_authenticated:
            return await self.close()
        self.group = "user-%d" % self.scope["user"].pk
        await self.channel_layer.group_add(self.group, self.channel_name)
        await self.accept()
        await self.send_json({"type": "connection_established",
                              "data": {"user_id": self.scope["user"].get_username()}})

    async def disconnect(self, code):
        if hasattr(self, "group"):
            await self.channel_layer.group_discard(self.group, self.channel_name)

    async def receive_json(self, content):
        payload = content["payload"]
        found = re.search(r"(\d+) *\* *(\d+)", payload["content"])
        answer = str(int(found[1]) * int(found[2])) if found else "no sum found"
        for kind in ("agent_started", "agent_thinking", "tool_executing", "tool_completed",
                     "agent_completed"):
            await self.channel_layer.group_send(self.group, {
                "type": "tell", "event": {"type": kind, "thread_id": payload["thread_id"],
                                          "final_response": answer}})
            await asyncio.sleep(0)

    async def tell(self, message):
        await self.send_json(message["event"])


application = ProtocolTypeRouter({
    "http": get_asgi_application(),
    "websocket": AllowedHostsOriginValidator(
        AuthMiddlewareStack(URLRouter([path("ws/chat/", Chat.as_asgi())])))})

if __name__ == "__main__":
    sys.modules["channels_chat"] = sys.modules["__main__"]
    call_command("migrate", verbosity=0)
    for name, password in PASSWORDS.items():
        get_user_model().objects.create_superuser(name, password=password)
    CommandLineInterface().run(["-b", "127.0.0.1", "-p", PORT, "channels_chat:application"])
