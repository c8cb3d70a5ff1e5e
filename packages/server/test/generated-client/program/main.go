// Calls a registry through the client that was generated from its own description, and prints what came back as JSON.
package main

import (
	"encoding/json"
	"errors"
	"log"
	"os"

	httptransport "github.com/go-openapi/runtime/client"
	"github.com/go-openapi/strfmt"

	"wharf.test/generated/client"
	"wharf.test/generated/client/organization"
	"wharf.test/generated/client/repository"
	"wharf.test/generated/client/robot"
	"wharf.test/generated/client/tag"
	"wharf.test/generated/client/team"
	"wharf.test/generated/client/user"
	"wharf.test/generated/models"
)

func text(value string) *string { return &value }

func must[T any](value T, err error) T {
	if err != nil {
		log.Fatalf("%T: %v", value, err)
	}
	return value
}

func main() {
	transport := httptransport.New(os.Getenv("WHARF_HOST"), "/", []string{"http"})
	wharf := client.New(transport, strfmt.Default)
	token := httptransport.BearerToken(os.Getenv("WHARF_TOKEN"))
	// Operations without a scope of their own name no way to sign in.
	transport.DefaultAuthentication = token

	me := must(wharf.User.GetLoggedInUser(user.NewGetLoggedInUserParams(), token))
	made := must(wharf.Organization.CreateOrganization(
		organization.NewCreateOrganizationParams().WithBody(
			&models.CreateOrganization{Name: text("acme"), Email: text("acme@example.com")}), token))
	shown := must(wharf.Organization.GetOrganization(
		organization.NewGetOrganizationParams().WithOrgname("acme")))
	builder := must(wharf.Robot.CreateOrgRobot(
		robot.NewCreateOrgRobotParams().WithOrgname("acme").WithRobotShortname("builder").WithBody(
			&models.CreateOrgRobot{Description: text("builds")}), token))
	readers := must(wharf.Team.UpdateOrganizationTeam(
		team.NewUpdateOrganizationTeamParams().WithOrgname("acme").WithTeamname("readers").WithBody(
			&models.UpdateOrganizationTeam{Role: text("member")}), token))
	created := must(wharf.Repository.CreateRepo(
		repository.NewCreateRepoParams().WithBody(&models.CreateRepo{
			Namespace: text("acme"), Repository: text("app"), Visibility: text("private"), Description: text(""),
		}), token))
	limit := int64(10)
	tags := must(wharf.Tag.ListRepoTags(
		tag.NewListRepoTagsParams().WithRepository("acme/app").WithLimit(&limit), token))
	gone := must(wharf.Robot.DeleteOrgRobot(
		robot.NewDeleteOrgRobotParams().WithOrgname("acme").WithRobotShortname("builder"), token))

	_, err := wharf.Organization.GetOrganization(
		organization.NewGetOrganizationParams().WithOrgname("nobody"))
	var missing *organization.GetOrganizationNotFound
	if !errors.As(err, &missing) {
		log.Fatalf("an organization that does not exist: %v", err)
	}
	_, err = wharf.User.GetLoggedInUser(user.NewGetLoggedInUserParams(), httptransport.BearerToken("wrong"))
	var refused *user.GetLoggedInUserUnauthorized
	if !errors.As(err, &refused) {
		log.Fatalf("a token that does not exist: %v", err)
	}

	out := json.NewEncoder(os.Stdout)
	must(0, out.Encode(map[string]any{
		"user": me.Payload.Username, "made": made.Payload, "organization": shown.Payload.Name,
		"robot": builder.Payload.Name, "token": builder.Payload.Token, "team": readers.Payload.Name,
		"repository": created.Payload.Name, "tags": tags.Payload.Tags, "more": tags.Payload.HasAdditional,
		"gone": gone.Code(), "missing": missing.Payload.Detail, "refused": refused.Code(),
	}))
}
