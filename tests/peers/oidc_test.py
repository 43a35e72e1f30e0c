"""oidc-provider: forms, PKCE, rotation with family revocation, and an API that takes its tokens."""
import unittest

import certificate
from example import Checks
from node import Oidc

SECRETS = {"ALICE_PASSWORD": "alice-password", "BOB_PASSWORD": "bob-password",
           "SERVICE_SECRET": "service-secret"}
MATRIX = "[no_token, garbage_token, wrong_password, refresh_as_access, wrong_audience], other_login: elsewhere"
SECONDS = 3  # an access token's life


class OidcExample(Checks, unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.server = cls.enterClassContext(Oidc())
        cls.brief = cls.enterClassContext(Oidc(str(SECONDS)))

    def setUp(self):
        self.server.heal()
        self.brief.heal()

    def of(self, server=None):
        at = server or self.server
        return self.example("oidc.yaml", {
            "https://login.example.com": at.http, "http: https://api.example.com,": "http: %s," % at.http,
            "wss://api.example.com": at.ws}, {**SECRETS, "ROBOT_KEY": at.key.read_text()})

    def statuses(self, result, path):
        return [one["status"] for one in result["exchanges"] if path in one["url"]]

    def test_the_example_passes_from_the_forms_to_the_answer(self):
        results = self.assert_passes(self.of())
        self.assertEqual(len(self.statuses(results["login"], "/interaction/")), 4)

    def test_a_wrong_password_gets_the_form_again(self):
        self.assert_fails(self.of().with_secret("ALICE_PASSWORD", "no"), "login", "login",
                          "credentials")

    def test_a_wrong_client_secret_is_refused(self):
        self.assert_fails(self.of().with_secret("SERVICE_SECRET", "no"), "service", "login",
                          "credentials")

    def test_an_issuer_that_is_not_exactly_so_is_a_wrong_configuration(self):
        example = self.of().exchange('issuer: "{{target.auth}}", same', 'issuer: "{{target.auth}}/", same')
        self.assert_fails(example, "provider", "login", "oidc_config")

    def test_a_token_for_another_audience_is_not_ours(self):
        example = self.of().exchange("https://api.example.com/", "https://other.example.com/")
        self.assert_fails(example, "login", "login", "token_claims")

    def test_an_api_that_looks_at_no_audience_is_found(self):
        self.server.turn_on("any_audience")
        result = self.assert_fails(self.of(), "upgrade", "refuse", "auth_fail_open")
        self.assertIn("wrong_audience", result["detail"])

    def test_a_robot_that_signs_by_another_key_is_refused(self):
        _, other = certificate.make(self.brief.folder)
        example = self.of().with_secret("ROBOT_KEY", other.read_text())
        self.assert_fails(example, "robot", "login", "credentials")

    def test_a_client_without_the_device_flow_gets_no_code(self):
        example = self.of().exchange("client_id: television", "client_id: web")
        code, results = example.run("television")
        self.assertEqual((code, results["television"]["step"]), (1, "login"), results)

    def test_a_token_that_is_refused_at_its_second_use_is_found(self):
        self.server.turn_on("no_reuse")
        self.assert_fails(self.of(), "together", "login", "token_reuse_rejected")

    def test_a_double_refresh_that_comes_out_otherwise_is_found(self):
        example = self.of().exchange("double: family_revoked", "double: both_ok")
        self.assert_fails(example, "together", "login", "refresh_race")

    def test_a_redirect_that_the_client_did_not_register_is_refused(self):
        example = self.of().exchange("app.example.com/callback", "app.example.com/other")
        code, results = example.run("login")
        self.assertEqual((code, results["login"]["step"]), (1, "login"), results)

    def test_refreshes_are_rotated(self):
        code, results = self.of().run("refresh", "--repeat", "3")
        self.assertEqual((code, results["refresh"]["verdict"]), (0, "pass"), results)
        self.assertEqual(self.statuses(results["refresh"], "/interaction/"), [])
        self.assertEqual(self.statuses(results["refresh"], "/token"), [200])

    def test_a_family_that_is_revoked_is_begun_anew_by_a_login(self):
        self.server.turn_on("stolen_after")
        code, results = self.of().run("refresh", "--repeat", "2")
        self.assertEqual((code, results["refresh"]["verdict"]), (0, "pass"), results)
        self.assertEqual(len(self.statuses(results["refresh"], "/interaction/")), 4)
        self.assertEqual(self.statuses(results["refresh"], "/token"), [400, 200, 200])

    def test_a_token_that_is_refused_as_soon_as_it_was_given_is_a_failure(self):
        self.server.turn_on("stolen_before")
        self.assert_fails(self.of(), "refresh", "login", "refresh_refused")

    def test_an_api_that_lets_everybody_in_fails_open(self):
        self.server.turn_on("fail_open")
        self.assert_fails(self.of(), "upgrade", "refuse", "auth_fail_open")

    def test_every_forged_token_is_refused_by_a_verifier_that_is_right(self):
        matrix = "[expired_token, bad_signature, alg_none, hs256_confusion]"
        example = self.of(self.brief).exchange(MATRIX, matrix)
        self.assert_passes(example, "upgrade")

    def test_a_session_across_its_tokens_end_stays_or_is_closed_as_the_policy_says(self):
        hold = "hold: { for: %ds, expect: %s }, refuse"
        stays = self.of(self.brief).exchange("refuse", hold % (SECONDS + 1, "still_open"))
        ends = self.of(self.brief).exchange(
            "refuse", hold % (SECONDS + 2, "{ closed: [4401], within: 1s }"))
        self.assert_passes(stays, "upgrade")
        self.assert_fails(ends, "upgrade", "hold", "not_closed")
        self.brief.turn_on("close_at_expiry")
        self.assert_passes(ends, "upgrade")
        self.assert_fails(stays, "upgrade", "hold", "hold_expired")


if __name__ == "__main__":
    unittest.main()
