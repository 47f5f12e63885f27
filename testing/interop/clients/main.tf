terraform {
  required_providers {
    elasticstack = { source = "elastic/elasticstack" }
  }
}
variable "kibana" { default = "http://localhost:5601" }
# Another value changes each resource.
variable "edition" { default = "1" }
provider "elasticstack" {
  kibana {
    endpoints = [var.kibana]
    username  = "elastic"
    password  = "changeme"
  }
}
resource "elasticstack_kibana_space" "team" {
  space_id          = "tf-team"
  name              = "TF team ${var.edition}"
  description       = "Managed ${var.edition}"
  disabled_features = ["ingestManager", "enterpriseSearch"]
  initials          = "tt"
  color             = "#aabbcc"
  image_url         = "data:image/png;base64,iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNkYPhfDwAChwGA60e6kgAAAABJRU5ErkJggg=="
  solution          = "classic"
}
resource "elasticstack_kibana_space" "plain" {
  space_id = "tf-plain"
  name     = "TF plain"
  solution = "es"
}
resource "elasticstack_kibana_space" "minimal" {
  space_id = "tf-minimal"
  name     = "TF minimal ${var.edition}"
}
resource "elasticstack_kibana_action_connector" "basic" {
  name              = "tf basic ${var.edition}"
  connector_type_id = ".http"
  config            = jsonencode({ url = "https://example.com/api/${var.edition}", hasAuth = true, authType = "webhook-authentication-basic" })
  secrets           = jsonencode({ user = "u", password = "p${var.edition}" })
}
resource "elasticstack_kibana_action_connector" "none" {
  connector_id      = "6a1b7f0e-8a55-4d36-9d37-0c9ad1d3c1a2"
  space_id          = elasticstack_kibana_space.team.space_id
  name              = "tf none"
  connector_type_id = ".http"
  config            = jsonencode({ url = "https://example.com", hasAuth = false, headers = { "X-A" = var.edition } })
}
resource "elasticstack_kibana_action_connector" "minimal" {
  name              = "tf minimal"
  connector_type_id = ".http"
  config            = jsonencode({ url = "https://example.com" })
}
resource "elasticstack_kibana_action_connector" "oauth" {
  name              = "tf oauth"
  connector_type_id = ".http"
  config            = jsonencode({ url = "https://example.com", hasAuth = true, authType = "webhook-oauth2-client-credentials", accessTokenUrl = "https://example.com/token", clientId = "c", scope = "a" })
  secrets           = jsonencode({ clientSecret = "s" })
}
resource "elasticstack_kibana_action_connector" "drive" {
  connector_id      = "6a1b7f0e-8a55-4d36-9d37-0c9ad1d3c1a1"
  name              = "tf drive"
  connector_type_id = ".google_drive"
  config            = jsonencode({ authType = "oauth_authorization_code" })
  secrets           = jsonencode({ authType = "oauth_authorization_code", clientId = "c", clientSecret = "s" })
}
resource "elasticstack_kibana_security_role" "reader" {
  name        = "tf_reader"
  description = "reads ${var.edition}"
  metadata    = jsonencode({ a = 1 })
  elasticsearch {
    cluster = ["monitor"]
    run_as  = ["bob"]
    indices {
      names      = ["logs-*"]
      privileges = ["read", "view_index_metadata"]
      field_security {
        grant  = ["a", "b"]
        except = []
      }
    }
    remote_indices {
      clusters   = ["c"]
      names      = ["x"]
      privileges = ["read"]
    }
  }
  kibana {
    feature {
      name       = "actions"
      privileges = [var.edition == "1" ? "read" : "all"]
    }
    feature {
      name       = "workflows"
      privileges = ["all"]
    }
    feature {
      name       = "dashboard"
      privileges = ["all"]
    }
    spaces = [elasticstack_kibana_space.team.space_id]
  }
  kibana {
    base   = ["all"]
    spaces = ["tf-plain"]
  }
}
resource "elasticstack_kibana_security_role" "base" {
  name = "tf_base"
  elasticsearch {}
  kibana {
    base   = ["read"]
    spaces = ["*"]
  }
}
data "elasticstack_kibana_action_connector" "basic" {
  name       = elasticstack_kibana_action_connector.basic.name
  depends_on = [elasticstack_kibana_action_connector.basic]
}
data "elasticstack_kibana_spaces" "all" { depends_on = [elasticstack_kibana_space.plain] }
data "elasticstack_kibana_security_role" "reader" {
  name       = elasticstack_kibana_security_role.reader.name
  depends_on = [elasticstack_kibana_security_role.reader]
}
output "connector" { value = data.elasticstack_kibana_action_connector.basic.connector_id }
output "spaces" { value = length(data.elasticstack_kibana_spaces.all.spaces) }
